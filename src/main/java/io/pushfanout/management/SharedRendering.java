package io.pushfanout.management;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A page in one form, rendered for many requests. Requests that arrive during a rendering share the
 * next one, so no response is older than its request, and a thousand requests cost two renderings.
 *
 * <p>Each rendering is followed by a pause of the same length, so that endless requests leave half
 * of a worker's time and of the heap to others. May be used from any thread.
 */
final class SharedRendering {
  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final Callable<Answer> page;

  /** Result of the next rendering; null while no request waits for it. Guarded by this. */
  private @Nullable CompletableFuture<Answer> next;

  /** Whether a rendering or the pause after it is in progress. Guarded by this. */
  private boolean busy;

  SharedRendering(Vertx vertx, WorkerExecutor workers, Callable<Answer> page) {
    this.vertx = vertx;
    this.workers = workers;
    this.page = page;
  }

  /** Returns the response of a rendering that begins from now on; completed on any thread. */
  synchronized CompletionStage<Answer> answer() {
    CompletableFuture<Answer> waited = next;
    if (waited == null) {
      waited = new CompletableFuture<>();
      next = waited;
      if (!busy) {
        busy = true;
        begin();
      }
    }
    return waited;
  }

  private void begin() {
    Callable<Long> rendering = this::render;
    try {
      var _ =
          workers
              .executeBlocking(rendering, false)
              .onSuccess(nanos -> vertx.setTimer(restMillis(nanos), _ -> rested()));
    } catch (RejectedExecutionException e) {
      // The server is closed.
      take().completeExceptionally(e);
    }
  }

  private static long restMillis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** Renders the page on a worker and returns the duration in nanoseconds. */
  private long render() {
    CompletableFuture<Answer> waited = take();
    long start = System.nanoTime();
    try {
      waited.complete(page.call());
    } catch (Throwable e) {
      waited.completeExceptionally(e);
    }
    return System.nanoTime() - start;
  }

  private synchronized CompletableFuture<Answer> take() {
    CompletableFuture<Answer> waited = next;
    next = null;
    return waited == null ? new CompletableFuture<>() : waited;
  }

  private synchronized void rested() {
    busy = next != null;
    if (busy) {
      begin();
    }
  }
}
