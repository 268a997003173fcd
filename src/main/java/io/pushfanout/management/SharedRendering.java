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
 * Renders one page in one form. Requests that come while a rendering is under way share the next
 * one, so no answer is older than its request, and a thousand requests cost two renderings.
 *
 * <p>A rendering is followed by a rest as long as itself, so that requests without end leave half
 * of a worker's time, and of the heap's, to others. May be used from any thread.
 */
final class SharedRendering {
  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final Callable<Answer> page;

  /** What the next rendering completes; null while nobody waits for it. Guarded by this. */
  private @Nullable CompletableFuture<Answer> next;

  /** Whether a worker has it, or it rests. Guarded by this. */
  private boolean busy;

  SharedRendering(Vertx vertx, WorkerExecutor workers, Callable<Answer> page) {
    this.vertx = vertx;
    this.workers = workers;
    this.page = page;
  }

  /** The answer of a rendering that begins from now on; completed on any thread. */
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
      // The server has closed.
      take().completeExceptionally(e);
    }
  }

  private static long restMillis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** On a worker; returns how long it took. */
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
