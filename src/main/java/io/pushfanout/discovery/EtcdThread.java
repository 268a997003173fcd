package io.pushfanout.discovery;

import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The one thread on which all is done of a discovery, or of a registration. */
final class EtcdThread {
  private final ScheduledExecutorService executor;

  EtcdThread(String name) {
    executor = Threads.scheduler(name);
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  /** From any thread; once it has ended nothing is done any more. */
  void execute(Runnable task) {
    try {
      executor.execute(Guarded.run("a task of discovery", task));
    } catch (RejectedExecutionException _) {
      // Closed: nobody waits for it.
    }
  }

  /** Waits this long for its end, which somebody has asked for, and then forces it. */
  void awaitEnd(Duration timeout) {
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
