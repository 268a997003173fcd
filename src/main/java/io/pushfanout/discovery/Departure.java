package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a lease away, and its key with it, within a bounded time: by the connection there is, or,
 * when that does not do it in half of the time, by another one.
 *
 * <p>On one thread alone.
 */
final class Departure {
  private final Leases.Source source;
  private final ScheduledExecutorService thread;
  private final long lease;
  private final Duration each;
  private final Consumer<@Nullable Throwable> then;
  private final Timer patience;
  private @Nullable Leases asked;
  private boolean another;

  /**
   * @param time that it may take
   * @param then is told once, null or why the lease is still there
   */
  Departure(
      Leases.Source source,
      ScheduledExecutorService thread,
      long lease,
      Duration time,
      Consumer<@Nullable Throwable> then) {
    this.source = source;
    this.thread = thread;
    this.lease = lease;
    this.each = time.dividedBy(2);
    this.then = then;
    this.patience = new Timer(thread);
  }

  /**
   * @param present the connection there is; it is closed in the end
   */
  void begin(@Nullable Leases present) {
    try {
      Leases open = present == null ? source.open() : present;
      asked = open;
      patience.set(each, () -> answered(open, new TimeoutException()));
      open.revoke(lease).whenComplete((_, failure) -> onThread(() -> answered(open, failure)));
    } catch (Throwable e) {
      end(e);
    }
  }

  private void answered(Leases answering, @Nullable Throwable failure) {
    if (!answering.equals(asked)) {
      return; // Too late.
    }
    if (failure == null || another) {
      end(failure);
    } else {
      another = true;
      asked = null;
      answering.close();
      begin(null);
    }
  }

  private void end(@Nullable Throwable failure) {
    patience.cancel();
    Leases open = asked;
    asked = null;
    if (open != null) {
      open.close();
    }
    then.accept(failure);
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      // Closed: nobody waits for it.
    }
  }
}
