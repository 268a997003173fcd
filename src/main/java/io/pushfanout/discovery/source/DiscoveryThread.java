package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The single thread of a discovery or of a registration. */
public final class DiscoveryThread {
  private final ScheduledExecutorService executor;

  public DiscoveryThread(String name) {
    executor = Threads.scheduler(name);
  }

  public ScheduledExecutorService executor() {
    return executor;
  }

  /** Runs a task on the thread; does nothing after its end. From any thread. */
  public void execute(Runnable task) {
    try {
      executor.execute(Guarded.run("a task of discovery", task));
    } catch (RejectedExecutionException _) {
      // Closed: no caller waits for the result.
    }
  }

  /** Waits for the end of the thread after a shutdown, and forces it after the timeout. */
  public void awaitEnd(Duration timeout) {
    try {
      if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException _) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
