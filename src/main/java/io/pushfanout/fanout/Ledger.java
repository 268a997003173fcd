package io.pushfanout.fanout;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts what becomes of one node's messages, and adds each event to the sums of the fanout that
 * owns the node at that moment. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>Whoever ends a message says so here, and here alone its bytes are let go of: whatever makes
 * the ledger balance gives the memory back.
 */
final class Ledger {
  private FanoutTotals totals;
  private long enqueued;
  private long delivered;
  private long expired;
  private final Map<StatusCode, Long> failed = new EnumMap<>(StatusCode.class);
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

  Ledger(FanoutTotals totals) {
    this.totals = totals;
  }

  /** From now on events count for another fanout; this node's own counts go on. */
  void moveTo(FanoutTotals owner) {
    totals = owner;
  }

  void enqueued() {
    enqueued++;
    totals.countEnqueued();
  }

  void delivered(QueuedMessage message, long nowNanos) {
    delivered++;
    totals.countDelivered(nowNanos - message.enqueuedNanos);
    message.letGo();
  }

  void failed(QueuedMessage message, StatusCode code) {
    failed.merge(code, 1L, Long::sum);
    totals.countFailed(code);
    message.letGo();
  }

  void expired(QueuedMessage message) {
    expired++;
    totals.countExpired();
    message.letGo();
  }

  /** It had been enqueued. */
  void dropped(QueuedMessage message, DropReason reason) {
    count(reason);
    message.letGo();
  }

  /** It was never enqueued: whoever offered it still holds it. */
  void refused(DropReason reason) {
    count(reason);
  }

  private void count(DropReason reason) {
    dropped.merge(reason, 1L, Long::sum);
    totals.countDropped(reason);
  }

  NodeLedger snapshot(int queued, long queuedBytes, int inFlight) {
    return new NodeLedger(
        enqueued,
        delivered,
        Map.copyOf(failed),
        expired,
        Map.copyOf(dropped),
        queued,
        queuedBytes,
        inFlight);
  }
}
