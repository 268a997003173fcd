package io.pushfanout.management;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections to the HTTP port. Who has not made a request in time, in one go or byte by
 * byte, is hung up on; sooner, where there are too many, so that a probe still finds its way past
 * any number that only sit there.
 */
final class HttpConnections {
  static final int MAX = 1000;
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final int max;
  private final Duration patience;
  private final AtomicInteger open = new AtomicInteger();

  /** Those that have made no request yet, and the timers that end them. */
  private final Map<HttpConnection, Long> silent = new ConcurrentHashMap<>();

  HttpConnections(Vertx vertx, int max, Duration patience) {
    this.vertx = vertx;
    this.max = max;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    connection.closeHandler(
        _ -> {
          open.decrementAndGet();
          spoke(connection);
        });
    if (open.incrementAndGet() > max && !endOneThatIsSilent()) {
      connection.close();
      return;
    }
    silent.put(connection, vertx.setTimer(patience.toMillis(), _ -> end(connection)));
  }

  /** It has made a request. */
  void spoke(HttpConnection connection) {
    Long timer = silent.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private boolean endOneThatIsSilent() {
    Iterator<HttpConnection> any = silent.keySet().iterator();
    if (!any.hasNext()) {
      return false;
    }
    end(any.next());
    return true;
  }

  private void end(HttpConnection connection) {
    spoke(connection);
    connection.close();
  }
}
