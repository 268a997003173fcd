package io.pushfanout.node;

import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Connections that are no WebSocket, or not yet: one too many ends the oldest of them. So one that
 * stays half way keeps nobody out. Only for the node's event loop.
 */
final class IncomingConnections {
  private final int most;
  private final Set<HttpConnection> open = new LinkedHashSet<>();

  /**
   * @param most how many there may be at a time
   */
  IncomingConnections(int most) {
    this.most = most;
  }

  void opened(HttpConnection connection) {
    open.add(connection);
    connection.closeHandler(_ -> open.remove(connection));
    if (open.size() > most) {
      HttpConnection oldest = open.iterator().next();
      open.remove(oldest);
      oldest.close();
    }
  }

  /** It is a WebSocket now. */
  void upgraded(HttpConnection connection) {
    open.remove(connection);
  }
}
