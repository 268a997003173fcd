package io.pushfanout.demo;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.node.AllowedNames;
import org.jspecify.annotations.Nullable;

/**
 * What the demo is told at its start.
 *
 * @param bind the host of all ports
 * @param grpcPort of the fan-out server, from 0 to 65535, 0 picks a free one
 * @param httpPort of its page, likewise; the nodes always pick free ones
 * @param names besides {@code bind}, that browsers may use
 * @param etcd where the nodes register and the server finds them; null does without
 */
public record DemoOptions(
    String bind, int grpcPort, int httpPort, AllowedNames names, @Nullable EtcdOptions etcd) {
  /** Where to reach what listens on {@link #bind}: all addresses are no address to call. */
  public String reachable() {
    return switch (bind) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> bind;
    };
  }
}
