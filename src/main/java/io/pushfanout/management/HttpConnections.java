package io.pushfanout.management;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections to the HTTP port, of all and of each address. Where there are too many,
 * the new one is let in and that is hung up on which has asked for nothing for longest: so a probe
 * finds its way past any number of others, whether they sit there, ask now and then, or do not read
 * what they have asked for. Who has not made its first request in time, in one go or byte by byte,
 * is hung up on in any case.
 *
 * <p>May be used from any thread.
 */
final class HttpConnections {
  static final int MAX = 1000;

  /** Of one address, so that the others' are hung up on for those of others only. */
  static final int OF_ONE_ADDRESS_MAX = MAX / 4;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final int max;
  private final int ofOneAddressMax;
  private final Duration patience;

  /** In the order of their last requests; guarded by itself. */
  private final Map<HttpConnection, Opened> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A connection's beginning.
   *
   * @param timer ends it unless it makes a request
   */
  private record Opened(String address, long timer) {}

  HttpConnections(Vertx vertx, int max, int ofOneAddressMax, Duration patience) {
    this.vertx = vertx;
    this.max = max;
    this.ofOneAddressMax = ofOneAddressMax;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    connection.closeHandler(_ -> forget(connection));
    String address = String.valueOf(connection.remoteAddress().hostAddress());
    HttpConnection tooMany;
    synchronized (open) {
      tooMany = firstOfTooMany(address);
      open.put(
          connection,
          new Opened(address, vertx.setTimer(patience.toMillis(), _ -> end(connection))));
    }
    if (tooMany != null) {
      end(tooMany);
    }
  }

  private @Nullable HttpConnection firstOfTooMany(String address) {
    List<HttpConnection> ofAddress =
        open.entrySet().stream()
            .filter(entry -> entry.getValue().address().equals(address))
            .map(Map.Entry::getKey)
            .toList();
    if (ofAddress.size() >= ofOneAddressMax) {
      return ofAddress.getFirst();
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

  private void end(HttpConnection connection) {
    forget(connection);
    connection.close();
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
