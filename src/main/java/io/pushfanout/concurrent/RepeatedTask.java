package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A task that runs repeatedly for as long as the process lives. The failure of one run is logged
 * ({@link FailureLog}), and the next run follows all the same: an executor would drop the failure
 * in silence and never run the task again.
 *
 * <p>Errors are handled like exceptions. A full heap, after which nothing can be trusted, ends the
 * process by a flag of the JVM before the error arrives here. Other errors pass, such as a thread
 * that cannot be created for now.
 */
public final class RepeatedTask implements Runnable {
  private final Runnable task;
  private final FailureLog failures;

  /**
   * @param name the task's name in the log
   */
  public RepeatedTask(String name, Runnable task) {
    this.task = task;
    this.failures = new FailureLog(name);
  }

  /**
   * Schedules the runs.
   *
   * @param first the time until the first run
   * @param pause the time from the end of each run to the next
   * @return ends the runs when cancelled
   */
  public Future<?> start(ScheduledExecutorService thread, Duration first, Duration pause) {
    return thread.scheduleWithFixedDelay(
        this, first.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs the task once. Never throws. */
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
