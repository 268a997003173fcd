package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Something that is done again and again for as long as the process lives. Whatever one run throws
 * is logged ({@link FailureLog}), and the next run comes all the same: an executor would drop the
 * failure in silence and never run the task again.
 *
 * <p>Errors are no exception. The one after which nothing can be trusted, a heap that is full, ends
 * the process by a flag of the JVM before it arrives here; others, such as a thread that cannot be
 * made for now, pass.
 */
public final class RepeatedTask implements Runnable {
  private final Runnable task;
  private final FailureLog failures;

  /**
   * @param name what is done, for the log
   */
  public RepeatedTask(String name, Runnable task) {
    this.task = task;
    this.failures = new FailureLog(name);
  }

  /**
   * Runs from now on.
   *
   * @param first until the first run
   * @param pause from the end of each run to the next
   * @return ends it when cancelled
   */
  public Future<?> start(ScheduledExecutorService thread, Duration first, Duration pause) {
    return thread.scheduleWithFixedDelay(
        this, first.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs once. Never throws. */
  @Override
  public void run() {
    try {
      task.run();
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
    }
  }
}
