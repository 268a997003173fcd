package io.pushfanout.management.page;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An open page: a response that gets an event each second. A client that reads too slowly misses
 * events and then gets the whole state, so that at most one event waits for it. Clients share the
 * bytes of an event; a connection queues about 48 KiB of them.
 */
final class Viewer {
  /** Time limit for reading one event. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int PIECE_BYTES = 16 << 10;
  private static final int QUEUE_BYTES = 2 * PIECE_BYTES;

  private final HttpServerResponse response;
  private final Context loop;

  /** Whether the first event is on its way. */
  private volatile boolean begun;

  /** Whether the client has every change so far. */
  private volatile boolean complete;

  /** Event in transfer; null between events. On the loop only, like the two fields below. */
  private @Nullable Buffer event;

  private int sent;
  private long sinceNanos;

  /**
   * @param loop the event loop of the response
   */
  Viewer(HttpServerResponse response, Context loop) {
    this.response = response;
    this.loop = loop;
    response.setWriteQueueMaxSize(QUEUE_BYTES);
  }

  boolean isNew() {
    return !begun;
  }

  boolean needsWhole() {
    return !complete;
  }

  /** Sends the next event. From any thread. */
  void send(EventStreams.Events events) {
    begun = begun || events.whole() != null;
    loop.runOnContext(_ -> sendOnLoop(events));
  }

  private void sendOnLoop(EventStreams.Events events) {
    if (event != null) {
      complete = false;
      if (System.nanoTime() - sinceNanos > PATIENCE.toNanos() && !response.closed()) {
        response.reset();
      }
      return;
    }
    event = complete ? events.change() : events.whole();
    if (event != null) {
      complete = true;
      sent = 0;
      sinceNanos = System.nanoTime();
      more();
    }
  }

  private void more() {
    while (event != null && !response.closed()) {
      if (response.writeQueueFull()) {
        response.drainHandler(_ -> more());
        return;
      }
      int end = Math.min(sent + PIECE_BYTES, event.length());
      response.write(event.slice(sent, end));
      sent = end;
      if (sent == event.length()) {
        event = null;
      }
    }
  }

  /** Ends the response. From any thread. */
  void end() {
    loop.runOnContext(
        _ -> {
          if (!response.closed() && !response.ended()) {
            response.end();
          }
        });
  }
}
