package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The places of callers whose result is held back, for room in a queue or for a receipt, and the
 * times of their waits. May be used from any thread.
 */
final class HeldCalls {
  /** Callers that may be held at a time; each fanout has its part of them. */
  private static final int MOST = 8192;

  /** Longest wait for a receipt. */
  private static final Duration RECEIPT_WAIT = Duration.ofSeconds(60);

  /** Time after which a place may be free again: deliveries take milliseconds. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  /**
   * Nanoseconds before its deadline at which a held caller gets its result; a quarter of the
   * remaining time if that is shorter.
   */
  private static final long ANSWER_BEFORE_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Shares places = new Shares(MOST);
  private final ScheduledExecutorService timers;
  private final LongSupplier nanoClock;

  HeldCalls(ScheduledExecutorService timers, LongSupplier nanoClock) {
    this.timers = timers;
    this.nanoClock = nanoClock;
  }

  /** Takes a place, until {@link #giveBack}. Returns false when the fanout has its part. */
  boolean tryTake(FanoutName fanout) {
    return places.tryTake(fanout);
  }

  void giveBack(FanoutName fanout) {
    places.giveBack(fanout);
  }

  /**
   * Returns the nanoseconds for which a caller may be held.
   *
   * @param most the longest wait
   * @param deadlineNanos the caller's deadline; {@link Long#MAX_VALUE} is never
   */
  long waitNanos(Duration most, long deadlineNanos) {
    long wait = most.toNanos();
    if (deadlineNanos == Long.MAX_VALUE) {
      return wait;
    }
    long left = deadlineNanos - nanoClock.getAsLong();
    return Math.min(wait, left - Math.min(ANSWER_BEFORE_DEADLINE_NANOS, left / 4));
  }

  /**
   * Returns the receipt of a broadcast, whose deliveries have a tally, which has a place for each
   * of its fanouts; null when one of them has its part of the places.
   */
  @Nullable PendingReceipt receipt(
      DeliveryTally tally,
      BroadcastRequest request,
      Collection<Routes.Route> found,
      Consumer<BroadcastResult> onResult) {
    List<FanoutName> taken = new ArrayList<>(1);
    for (Routes.Route route : found) {
      if (!tryTake(route.fanout())) {
        taken.forEach(this::giveBack);
        return null;
      }
      taken.add(route.fanout());
    }
    return new PendingReceipt(
        tally,
        waitNanos(RECEIPT_WAIT, request.deadlineNanos()),
        timers,
        onResult,
        () -> taken.forEach(this::giveBack));
  }

  /** Returns the refusal of a caller without a place for its receipt. */
  static BroadcastResult.Refused noPlace() {
    return new BroadcastResult.Refused(
        BroadcastResult.Reason.LIMITED,
        "too many callers of the fanout wait for receipts or for room",
        RETRY_AFTER);
  }
}
