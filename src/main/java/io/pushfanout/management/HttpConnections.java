package io.pushfanout.management;

import io.pushfanout.model.PeerNetwork;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits on connections to the HTTP port, in total and for each peer. At a limit, accepts the
 * new connection and closes the one whose last request is the oldest. A probe thus always gets
 * through, whether other connections are idle, send requests occasionally, or do not read their
 * responses. A connection without a complete first request is closed after a timeout, even if bytes
 * still arrive.
 *
 * <p>May be used from any thread.
 */
final class HttpConnections {
  static final int MAX = 1000;

  /** Maximum of one peer: beyond it, the peer's own connections are closed, and no other peer's. */
  static final int OF_ONE_PEER_MAX = MAX / 4;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final int max;
  private final int ofOnePeerMax;
  private final Duration patience;

  /** Open connections in the order of their last requests; guarded by itself. */
  private final Map<HttpConnection, Opened> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The state of an open connection.
   *
   * @param timer closes the connection unless it sends a request
   */
  private record Opened(Object peer, long timer) {}

  HttpConnections(Vertx vertx, int max, int ofOnePeerMax, Duration patience) {
    this.vertx = vertx;
    this.max = max;
    this.ofOnePeerMax = ofOnePeerMax;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    connection.closeHandler(_ -> forget(connection));
    Object peer = peer(connection);
    HttpConnection tooMany;
    synchronized (open) {
      tooMany = firstOfTooMany(peer);
      open.put(
          connection, new Opened(peer, vertx.setTimer(patience.toMillis(), _ -> end(connection))));
    }
    if (tooMany != null) {
      end(tooMany);
    }
  }

  private @Nullable HttpConnection firstOfTooMany(Object peer) {
    List<HttpConnection> ofPeer =
        open.entrySet().stream()
            .filter(entry -> entry.getValue().peer().equals(peer))
            .map(Map.Entry::getKey)
            .toList();
    if (ofPeer.size() >= ofOnePeerMax) {
      return ofPeer.getFirst();
    }
    return open.size() >= max ? open.keySet().iterator().next() : null;
  }

  /** Records that the connection sent a request. */
  void onRequest(HttpConnection connection) {
    synchronized (open) {
      // The lookup makes the connection the most recent one.
      Opened opened = open.get(connection);
      if (opened != null) {
        vertx.cancelTimer(opened.timer());
      }
    }
  }

  private static Object peer(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    // A link-local address is parsed without its interface.
    return address == null
        ? "unknown"
        : PeerNetwork.of(InetAddress.ofLiteral(address.replaceFirst("%.*", "")));
  }

  private void end(HttpConnection connection) {
    forget(connection);
    closeNow(connection);
  }

  /**
   * Closes the connection at once: Vert.x would first wait until its peer has read its responses.
   */
  static void closeNow(HttpConnection connection) {
    var _ = ((HttpServerConnection) connection).channelHandlerContext().close();
  }

  private void forget(HttpConnection connection) {
    synchronized (open) {
      Opened opened = open.remove(connection);
      if (opened != null) {
        vertx.cancelTimer(opened.timer());
      }
    }
  }
}
