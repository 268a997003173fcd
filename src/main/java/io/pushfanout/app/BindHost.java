package io.pushfanout.app;

import io.pushfanout.model.NodeAddress;

/**
 * The host that all ports of a process listen on. Loopback unless told otherwise: nothing here asks
 * who is calling yet.
 *
 * @param name a host name or IP literal, IPv6 without brackets
 */
record BindHost(String name) {
  static final BindHost LOOPBACK = new BindHost("127.0.0.1");

  static BindHost parse(String text) {
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    String host = bracketed ? text.substring(1, text.length() - 1) : text;
    return new BindHost(new NodeAddress(host, 1).host());
  }
}
