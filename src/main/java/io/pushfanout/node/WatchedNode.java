package io.pushfanout.node;

import java.util.OptionalInt;

/**
 * A node that the page shows.
 *
 * @param name for people, such as {@code 127.0.0.1:50052}
 * @param port of the node's {@code /ws} on the host that the browser used for the page; absent: the
 *     page's own port
 */
public record WatchedNode(String name, OptionalInt port) {

  /** Returns the node that serves the page. */
  public static WatchedNode here(String name) {
    return new WatchedNode(name, OptionalInt.empty());
  }

  /** Returns a node on another port of the page's host. */
  public static WatchedNode atPort(String name, int port) {
    return new WatchedNode(name, OptionalInt.of(port));
  }
}
