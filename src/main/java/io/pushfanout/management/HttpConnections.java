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
 * Bounds the connections to the HTTP port, of all and of each peer. Where there are too many, the
 * new one is let in and that is hung up on which has asked for nothing for longest: so a probe
 * finds its way past any number of others, whether they sit there, ask now and then, or do not read
 * what they have asked for. Who has not made its first request in time, in one go or byte by byte,
 * is hung up on in any case.
 *
 * <p>May be used from any thread.
 */
final class HttpConnections {
  static final int MAX = 1000;

  /** Of one peer: with more of them it loses its own, and nobody else's. */
  static final int OF_ONE_PEER_MAX = MAX / 4;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final int max;
  private final int ofOnePeerMax;
  private final Duration patience;

  /** In the order of their last requests; guarded by itself. */
  private final Map<HttpConnection, Opened> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A connection's beginning.
   *
   * @param timer ends it unless it makes a request
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

  /** It has made a request. */
  void spoke(HttpConnection connection) {
    synchronized (open) {
      // To look it up makes it the last.
      Opened opened = open.get(connection);
      if (opened != null) {
        vertx.cancelTimer(opened.timer());
      }
    }
  }

  private static Object peer(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    // Without the interface that a link-local one is of.
    return address == null
        ? "unknown"
        : PeerNetwork.of(InetAddress.ofLiteral(address.replaceFirst("%.*", "")));
  }

  private void end(HttpConnection connection) {
    forget(connection);
    hangUp(connection);
  }

  /** At once: Vert.x would first wait for its peer to read what it has asked for. */
  static void hangUp(HttpConnection connection) {
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
