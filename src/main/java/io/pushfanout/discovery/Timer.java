package io.pushfanout.discovery;

import io.pushfanout.concurrent.FailureLog;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thing to do later, on the thread that also sets and cancels it. Where it fails without having
 * set another, it is done again a little later: what waits for a timer waits for nothing else.
 */
final class Timer {
  static final Duration AGAIN = Duration.ofSeconds(1);

  private final ScheduledExecutorService thread;
  private final FailureLog failures = new FailureLog("a timer of discovery");
  private @Nullable Future<?> pending;

  Timer(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  boolean isSet() {
    return pending != null;
  }

  /** Instead of what it was set to before. */
  void set(Duration delay, Runnable task) {
    cancel();
    try {
      pending = thread.schedule(() -> due(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // Closed: nobody waits for it.
    }
  }

  private void due(Runnable task) {
    pending = null;
    try {
      task.run();
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
      if (pending == null) {
        set(AGAIN, task);
      }
    }
  }

  void cancel() {
    Future<?> cancelled = pending;
    pending = null;
    if (cancelled != null) {
      cancelled.cancel(false);
    }
  }
}
