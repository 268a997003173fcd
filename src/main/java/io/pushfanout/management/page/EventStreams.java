package io.pushfanout.management.page;

import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open pages and their events: one rendering each second for all of them, and none while no
 * page is open. A page that has just opened gets its first event at once.
 *
 * <p>Each rendering is followed by a pause of four times its length, so that pages take a fifth of
 * one worker's time at most. May be used from any thread.
 */
final class EventStreams {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

  /** Maximum number of open pages. */
  static final int VIEWERS_MAX = 30;

  static final Duration EVERY = Duration.ofSeconds(1);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final int PAUSES = 4;

  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final PageFeed feed;
  private final LogLimit failures = new LogLimit(10, System::nanoTime);

  /** Duration of the last rendering. */
  private volatile long tookNanos;

  // Guarded by this, like all fields below.
  private final Set<Viewer> viewers = new HashSet<>();
  private boolean isRendering;
  private boolean isClosed;

  /** Timer of the next rendering; null if none is due. */
  private @Nullable Long timer;

  /** End of the pause after the last rendering, in nanoseconds. */
  private long restedNanos = System.nanoTime();

  /**
   * An event in both forms.
   *
   * @param whole null if no client needed it when the rendering began
   */
  record Events(Buffer change, @Nullable Buffer whole) {}

  EventStreams(Vertx vertx, WorkerExecutor workers, PageFeed feed) {
    this.vertx = vertx;
    this.workers = workers;
    this.feed = feed;
  }

  /** Opens a stream, on the event loop of the request. */
  void open(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    PageFiles.setSecurityHeaders(response);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Viewer viewer = new Viewer(response, vertx.getOrCreateContext());
    if (request.method().equals(HttpMethod.HEAD)) {
      setStreamHeaders(response);
      response.end();
    } else if (add(viewer)) {
      setStreamHeaders(response);
      response.exceptionHandler(_ -> remove(viewer)).closeHandler(_ -> remove(viewer));
      response.setChunked(true).write("retry: 1000\n\n");
      startSoon();
    } else {
      response
          .setStatusCode(503)
          .putHeader(HttpHeaders.RETRY_AFTER, "10")
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
          .end("%d pages are open, which is the limit\n".formatted(VIEWERS_MAX));
    }
  }

  private static void setStreamHeaders(HttpServerResponse response) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        // nginx would hold events back.
        .putHeader("X-Accel-Buffering", "no");
  }

  private synchronized boolean add(Viewer viewer) {
    return !isClosed && viewers.size() < VIEWERS_MAX && viewers.add(viewer);
  }

  private synchronized void remove(Viewer viewer) {
    viewers.remove(viewer);
  }

  /** Returns the number of open pages. */
  synchronized int viewers() {
    return viewers.size();
  }

  private synchronized void startSoon() {
    if (!isRendering) {
      startIn(TimeUnit.NANOSECONDS.toMillis(restedNanos - System.nanoTime()));
    }
  }

  /** Starts the next rendering after a time, instead of any that is due. Guarded by this. */
  private void startIn(long millis) {
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    timer = vertx.setTimer(Math.max(1, millis), _ -> start());
  }

  private void start() {
    boolean whole;
    synchronized (this) {
      timer = null;
      if (isClosed || isRendering) {
        return;
      }
      if (viewers.isEmpty()) {
        feed.forget();
        return;
      }
      isRendering = true;
      whole = viewers.stream().anyMatch(Viewer::needsWhole);
    }
    Callable<Events> rendering = () -> render(whole);
    try {
      workers
          .executeBlocking(rendering, false)
          .onSuccess(events -> all().forEach(viewer -> viewer.send(events)))
          .onFailure(e -> failures.write(note -> LOG.error("cannot render the page{}", note, e)))
          .onComplete(_ -> rendered());
    } catch (RejectedExecutionException _) {
      // The server is closed.
    }
  }

  private Events render(boolean whole) {
    long startNanos = System.nanoTime();
    try {
      PageFeed.Updates updates = feed.next(whole);
      Update state = updates.whole();
      return new Events(
          event("change", updates.change()), state == null ? null : event("state", state));
    } finally {
      tookNanos = System.nanoTime() - startNanos;
    }
  }

  private static Buffer event(String name, Update data) {
    byte[] json = Json.bytes(data);
    return Buffer.buffer(json.length + 32)
        .appendBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII))
        .appendBytes(json)
        .appendString("\n\n");
  }

  private synchronized List<Viewer> all() {
    return List.copyOf(viewers);
  }

  private synchronized void rendered() {
    isRendering = false;
    long pause = Math.max(SHORTEST_PAUSE.toNanos(), PAUSES * tookNanos);
    restedNanos = System.nanoTime() + pause;
    boolean isWaiting = viewers.stream().anyMatch(Viewer::isNew);
    long next = isWaiting ? pause : Math.max(pause, EVERY.toNanos() - tookNanos);
    startIn(TimeUnit.NANOSECONDS.toMillis(next));
  }

  /** Ends all streams. */
  void close() {
    List<Viewer> open;
    synchronized (this) {
      isClosed = true;
      open = all();
      if (timer != null) {
        vertx.cancelTimer(timer);
      }
    }
    open.forEach(Viewer::end);
  }
}
