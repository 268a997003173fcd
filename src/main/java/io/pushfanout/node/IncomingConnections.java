package io.pushfanout.node;

import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A bounded set of the connections that are not, or not yet, WebSockets. At the bound, a new
 * connection closes the oldest one, so incomplete handshakes keep no newcomer out. For the node's
 * event loop only.
 */
final class IncomingConnections {
  private final int most;
  private final Set<HttpConnection> open = new LinkedHashSet<>();

  /**
   * @param most maximum number of these connections
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

  /** Removes a connection that became a WebSocket. */
  void upgraded(HttpConnection connection) {
    open.remove(connection);
  }
}
