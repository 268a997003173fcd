package io.pushfanout.discovery;

import io.pushfanout.discovery.source.RestartableTimer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The revocation of a lease, which deletes its key, within a bounded time. It uses the present
 * connection, and another one when that fails or does not answer in half of the time.
 *
 * <p>On one thread alone.
 */
final class LeaseRevocation {
  private final Leases.Source source;
  private final ScheduledExecutorService thread;
  private final long lease;
  private final Duration each;
  private final Consumer<@Nullable Throwable> then;
  private final RestartableTimer patience;
  private @Nullable Leases current;
  private boolean another;

  /**
   * @param time limit of the revocation
   * @param then receives once null, or why the lease may still exist
   */
  LeaseRevocation(
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
    this.patience = new RestartableTimer(thread);
  }

  /**
   * Begins the revocation.
   *
   * @param present the present connection, closed in the end; null: a new one is opened
   */
  void begin(@Nullable Leases present) {
    try {
      Leases open = present == null ? source.open() : present;
      current = open;
      patience.set(each, () -> answered(open, new TimeoutException()));
      open.revoke(lease).whenComplete((_, failure) -> onThread(() -> answered(open, failure)));
    } catch (Throwable e) {
      end(e);
    }
  }

  private void answered(Leases answering, @Nullable Throwable failure) {
    if (!answering.equals(current)) {
      return; // Too late: this connection is no longer used.
    }
    if (failure == null || another) {
      end(failure);
    } else {
      another = true;
      current = null;
      answering.close();
      begin(null);
    }
  }

  private void end(@Nullable Throwable failure) {
    patience.cancel();
    Leases open = current;
    current = null;
    if (open != null) {
      open.close();
    }
    then.accept(failure);
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      // Closed: no caller waits for the result.
    }
  }
}
