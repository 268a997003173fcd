package io.pushfanout.management;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A writer that sends responses as fast as each client reads. A connection queues about 48 KiB, and
 * the clients of one response share its bytes.
 *
 * <p>All unread responses together have a bound. Beyond the bound, the connections that read the
 * oldest response are closed, and no new request is refused. The two newest responses are kept
 * regardless of their size, so a client that keeps up gets its whole response. A client that has
 * not read its response in time is disconnected, however little remains. May be used from any
 * thread.
 */
final class AnswerWriter {
  /** Time limit for reading a response: six times Prometheus' default timeout. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final int PIECE_BYTES = 16 << 10;
  private static final int QUEUE_BYTES = 2 * PIECE_BYTES;
  private static final int KEPT = 2;

  private final Vertx vertx;
  private final long maxBytes;
  private final Duration patience;

  // Guarded by this, like the two fields below.
  private final IdentityHashMap<Answer, Unread> byAnswer = new IdentityHashMap<>();
  private final Set<Unread> oldestFirst = new LinkedHashSet<>();
  private long bytes;

  /** A response that is still being read. */
  private static final class Unread {
    private final Answer answer;
    private final Set<Writing> readers = new HashSet<>();

    Unread(Answer answer) {
      this.answer = answer;
    }
  }

  AnswerWriter(Vertx vertx, long maxBytes, Duration patience) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
    this.patience = patience;
  }

  /**
   * Returns the bound in bytes: 38 MiB of the chart's heap, which is six responses that name 10,000
   * nodes.
   */
  static long shareOfHeap() {
    return Runtime.getRuntime().maxMemory() / 16;
  }

  /** Sends the body, on the request's event loop; status and headers are already set. */
  void write(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    Buffer body = answer.body();
    if (request.method().equals(HttpMethod.HEAD) || body.length() <= PIECE_BYTES) {
      response.end(body);
      return;
    }
    Writing writing = new Writing(request.connection(), response, answer);
    begin(writing).forEach(late -> HttpConnections.closeNow(late.connection));
    response.setWriteQueueMaxSize(QUEUE_BYTES).closeHandler(_ -> end(writing));
    writing.more();
  }

  /** Adds a reader and returns the readers of the responses that are evicted for it. */
  private synchronized List<Writing> begin(Writing writing) {
    Unread reads = byAnswer.get(writing.answer);
    if (reads == null) {
      reads = new Unread(writing.answer);
      byAnswer.put(reads.answer, reads);
      oldestFirst.add(reads);
      bytes += reads.answer.body().length();
    }
    reads.readers.add(writing);
    List<Writing> late = new ArrayList<>();
    while (bytes > maxBytes && oldestFirst.size() > KEPT) {
      Unread oldest = oldestFirst.iterator().next();
      late.addAll(oldest.readers);
      forget(oldest);
    }
    return late;
  }

  private void end(Writing writing) {
    vertx.cancelTimer(writing.timer);
    synchronized (this) {
      Unread read = byAnswer.get(writing.answer);
      if (read != null && read.readers.remove(writing) && read.readers.isEmpty()) {
        forget(read);
      }
    }
  }

  private void forget(Unread unread) {
    byAnswer.remove(unread.answer);
    oldestFirst.remove(unread);
    bytes -= unread.answer.body().length();
  }

  /** Returns the bytes of the responses that are still being read, each counted once. */
  synchronized long bytes() {
    return bytes;
  }

  /** A response in transfer to one client, for the client's event loop. */
  private final class Writing {
    private final HttpConnection connection;
    private final HttpServerResponse response;
    private final Answer answer;
    private final long timer;
    private int sent;

    Writing(HttpConnection connection, HttpServerResponse response, Answer answer) {
      this.connection = connection;
      this.response = response;
      this.answer = answer;
      this.timer = vertx.setTimer(patience.toMillis(), _ -> HttpConnections.closeNow(connection));
    }

    void more() {
      Buffer body = answer.body();
      while (sent < body.length() && !response.closed()) {
        if (response.writeQueueFull()) {
          response.drainHandler(_ -> more());
          return;
        }
        int end = Math.min(sent + PIECE_BYTES, body.length());
        response.write(body.slice(sent, end));
        sent = end;
      }
      end(this);
      if (!response.closed()) {
        response.end();
      }
    }
  }
}
