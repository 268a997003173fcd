package io.pushfanout.options;

import com.google.common.net.InetAddresses;
import io.pushfanout.model.NodeAddress;

/**
 * The host that all ports of a process listen on; loopback by default.
 *
 * @param name a host name or IP literal, IPv6 without brackets
 */
public record BindHost(String name) {
  public static final BindHost LOOPBACK = new BindHost("127.0.0.1");

  public static BindHost parse(String text) {
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    String host = bracketed ? text.substring(1, text.length() - 1) : text;
    return new BindHost(new NodeAddress(host, 1).host());
  }

  /** Returns whether only this machine can connect; names are not resolved. */
  public boolean isLoopback() {
    return name.equals("localhost")
        || (InetAddresses.isInetAddress(name) && InetAddresses.forString(name).isLoopbackAddress());
  }
}
