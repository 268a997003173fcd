package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.FailureLog;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer of one task, on the thread that also sets and cancels it. A task that fails without
 * having set another is run again after {@link #AGAIN}, since nothing else would repeat it.
 */
public final class RestartableTimer {
  public static final Duration AGAIN = Duration.ofSeconds(1);

  private final ScheduledExecutorService thread;
  private final FailureLog failures = new FailureLog("a timer of discovery");
  private @Nullable Future<?> pending;

  public RestartableTimer(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  public boolean isSet() {
    return pending != null;
  }

  /** Sets the task; it replaces an earlier one. */
  public void set(Duration delay, Runnable task) {
    cancel();
    try {
      pending = thread.schedule(() -> due(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // Closed: no caller waits for the result.
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

  public void cancel() {
    Future<?> cancelled = pending;
    pending = null;
    if (cancelled != null) {
      cancelled.cancel(false);
    }
  }
}
