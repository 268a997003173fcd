package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The totals of one fanout since the process started. They never decrease when nodes come and go;
 * an event counts for the fanout that owns the node at that moment. May be used from any thread.
 */
public final class FanoutTotals {
  private final LongAdder enqueued = new LongAdder();
  private final DeliveryHistogram deliveryTimes = new DeliveryHistogram();
  private final LongAdder expired = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final Map<StatusCode, LongAdder> failed = adders(StatusCode.class);
  private final Map<DropReason, LongAdder> dropped = adders(DropReason.class);
  private final Map<CallOutcome, LongAdder> broadcasts = adders(CallOutcome.class);

  /**
   * Returns adders for all constants, in a map that never changes, so that any thread may read it.
   */
  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      adders.put(constant, new LongAdder());
    }
    return adders;
  }

  private static <E> LongAdder of(Map<E, LongAdder> adders, E constant) {
    return requireNonNull(adders.get(constant));
  }

  void countEnqueued() {
    enqueued.increment();
  }

  public void countDelivered(long nanos) {
    deliveryTimes.add(nanos);
  }

  void countDelivered(List<QueuedMessage> messages, long now) {
    deliveryTimes.add(messages, now);
  }

  public void countExpired(long messages) {
    expired.add(messages);
  }

  public void countFailed(StatusCode code) {
    of(failed, code).increment();
  }

  public void countDropped(DropReason reason, long messages) {
    of(dropped, reason).add(messages);
  }

  /** Counts nodes that were left out of a broadcast, since they hold no user of its room. */
  public void countSkipped(int nodes) {
    if (nodes > 0) {
      skipped.add(nodes);
    }
  }

  /** Counts one call for this fanout. */
  public void countBroadcast(CallOutcome outcome) {
    of(broadcasts, outcome).increment();
  }

  public long enqueued() {
    return enqueued.sum();
  }

  public long delivered() {
    return deliveryTimes.count();
  }

  public DeliveryHistogram deliveryTimes() {
    return deliveryTimes;
  }

  public long skipped() {
    return skipped.sum();
  }

  public long expired() {
    return expired.sum();
  }

  public long failed(StatusCode code) {
    return of(failed, code).sum();
  }

  public long dropped(DropReason reason) {
    return of(dropped, reason).sum();
  }

  public long broadcasts(CallOutcome outcome) {
    return of(broadcasts, outcome).sum();
  }
}
