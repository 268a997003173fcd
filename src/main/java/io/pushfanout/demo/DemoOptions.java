package io.pushfanout.demo;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.node.AllowedNames;
import org.jspecify.annotations.Nullable;

/**
 * The options of the demo.
 *
 * @param bind the host of all ports
 * @param grpcPort the gRPC port of the fan-out server, from 0 to 65535, 0 picks a free one
 * @param httpPort the port of its page, likewise; the nodes always pick free ones
 * @param names the host names, besides {@code bind}, that browsers may use
 * @param etcd the etcd in which the nodes register and the server finds them; null: a fixed list of
 *     nodes
 */
public record DemoOptions(
    String bind, int grpcPort, int httpPort, AllowedNames names, @Nullable EtcdOptions etcd) {
  /** Returns the host to connect to: {@link #bind}, or loopback if that is a wildcard address. */
  public String reachable() {
    return switch (bind) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> bind;
    };
  }
}
