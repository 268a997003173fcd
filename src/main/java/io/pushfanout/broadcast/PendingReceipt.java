package io.pushfanout.broadcast;

import static java.util.Objects.requireNonNull;

import io.pushfanout.broadcast.BroadcastResult.Answered;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receipt of one broadcast, pending until each accepted delivery has ended, or until the
 * caller's wait is over. From any thread.
 *
 * <p>Deliveries end under the locks of queues: the caller gets its result by a task of its own.
 */
final class PendingReceipt {
  private final DeliveryTally tally;
  private final long waitNanos;
  private final ScheduledExecutorService timers;
  private final Consumer<BroadcastResult> onResult;
  private final Runnable onEnd;
  private final Runnable watcher = this::check;
  private @Nullable Answered answered;
  private @Nullable Future<?> timer;
  private boolean over;

  /** Whether the caller's time was over before the queues had decided. */
  private boolean late;

  /**
   * @param tally the deliveries of the enqueue
   * @param waitNanos time for the deliveries from now on
   * @param onResult receives the result once, with the ends of the deliveries
   * @param onEnd task that runs once, when the caller waits no longer
   */
  PendingReceipt(
      DeliveryTally tally,
      long waitNanos,
      ScheduledExecutorService timers,
      Consumer<BroadcastResult> onResult,
      Runnable onEnd) {
    this.tally = tally;
    this.waitNanos = waitNanos;
    this.timers = timers;
    this.onResult = onResult;
    this.onEnd = onEnd;
  }

  /** Returns the tally of the deliveries. */
  DeliveryTally tally() {
    return tally;
  }

  /** Begins to count the caller's wait. */
  void begin() {
    tally.watch(watcher);
    Future<?> waiting = timers.schedule(this::expire, waitNanos, TimeUnit.NANOSECONDS);
    synchronized (this) {
      timer = waiting;
      if (over) {
        waiting.cancel(false);
      }
    }
  }

  /** Ends the wait when all deliveries have ended. */
  private void check() {
    synchronized (this) {
      if (!isWhole()) {
        return;
      }
      over = true;
    }
    timers.execute(this::finish);
  }

  private boolean isWhole() {
    return !over
        && answered != null
        && (late || tally.delivered() + tally.failed() >= answered.outcome().accepted());
  }

  /** Receives the decision of the queues. */
  void decided(BroadcastResult result) {
    boolean whole;
    synchronized (this) {
      if (over) {
        return;
      }
      if (result instanceof Answered decided) {
        answered = decided;
      }
      whole = answered == null || isWhole();
      over = whole;
    }
    if (answered == null) {
      end();
      onResult.accept(result);
    } else if (whole) {
      finish();
    }
  }

  private void expire() {
    synchronized (this) {
      // The queues that hold an offer decide in time themselves: their result is waited for.
      late = true;
      if (over || answered == null) {
        return;
      }
      over = true;
    }
    finish();
  }

  /** Ends the wait of a caller that has left; it gets no result. */
  void cancel() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    end();
  }

  private void finish() {
    Answered decided;
    synchronized (this) {
      decided = requireNonNull(answered);
    }
    int delivered = tally.delivered();
    int failed = tally.failed();
    DeliveryReceipt ends =
        new DeliveryReceipt(delivered, failed, decided.outcome().accepted() - delivered - failed);
    end();
    BroadcastOutcome outcome = decided.outcome().with(ends);
    onResult.accept(new Answered(outcome, decided.pressed()));
  }

  private void end() {
    tally.unwatch(watcher);
    synchronized (this) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    onEnd.run();
  }
}
