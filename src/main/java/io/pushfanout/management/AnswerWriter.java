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
 * Writes answers as fast as each client reads: a connection has some 48 KiB in its queue, and the
 * clients of one answer share its bytes.
 *
 * <p>All answers that somebody still reads have a bound together. At it the readers of the oldest
 * one are hung up on, and nobody is refused. The two newest stay whatever their size, so a client
 * that keeps up has its answer whole. Who has not read its answer in time is hung up on, however
 * little is left of it. May be used from any thread.
 */
final class AnswerWriter {
  /** Six times what Prometheus waits by default. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final int PIECE_BYTES = 16 << 10;
  private static final int QUEUE_BYTES = 2 * PIECE_BYTES;
  private static final int KEPT = 2;

  private final Vertx vertx;
  private final long maxBytes;
  private final Duration patience;

  // All guarded by this.
  private final IdentityHashMap<Answer, Unread> byAnswer = new IdentityHashMap<>();
  private final Set<Unread> oldestFirst = new LinkedHashSet<>();
  private long bytes;

  /** An answer that somebody still reads. */
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

  /** 38 MiB of the chart's heap: six answers that name 10,000 nodes. */
  static long shareOfHeap() {
    return Runtime.getRuntime().maxMemory() / 16;
  }

  /** On the request's event loop; status and headers have been said. */
  void write(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    Buffer body = answer.body();
    if (request.method().equals(HttpMethod.HEAD) || body.length() <= PIECE_BYTES) {
      response.end(body);
      return;
    }
    Writing writing = new Writing(request.connection(), response, answer);
    begin(writing).forEach(late -> HttpConnections.hangUp(late.connection));
    response.setWriteQueueMaxSize(QUEUE_BYTES).closeHandler(_ -> end(writing));
    writing.more();
  }

  /** Returns those who lose their answer for it. */
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

  /** Of the answers that somebody still reads, each once. */
  synchronized long bytes() {
    return bytes;
  }

  /** One answer to one client. On the client's event loop. */
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
      this.timer = vertx.setTimer(patience.toMillis(), _ -> HttpConnections.hangUp(connection));
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
