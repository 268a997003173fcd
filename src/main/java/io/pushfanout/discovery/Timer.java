package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One thing to do later, on the thread that also sets and cancels it. */
final class Timer {
  private final ScheduledExecutorService thread;
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
    pending =
        thread.schedule(
            () -> {
              pending = null;
              task.run();
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  void cancel() {
    Future<?> cancelled = pending;
    pending = null;
    if (cancelled != null) {
      cancelled.cancel(false);
    }
  }
}
