package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Counts what becomes of one node's messages, and adds each event to the sums of the fanout that
 * owns the node at that moment. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>Whoever ends a message says so here, and here alone its bytes are let go of: whatever makes
 * the ledger balance gives the memory back.
 */
public final class Ledger {
  private final BatchReleaser lettingGo;
  private FanoutTotals totals;
  private long enqueued;

  /** Of those that were enqueued and have not ended. */
  private long bytes;

  private long delivered;
  private long expired;
  private final Map<StatusCode, Long> failed = new EnumMap<>(StatusCode.class);
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

  /**
   * @param loop where many messages that end at a time give back their memory
   */
  public Ledger(FanoutTotals totals, Executor loop) {
    this.totals = totals;
    this.lettingGo = new BatchReleaser(loop);
  }

  /** From now on events count for another fanout; this node's own counts go on. */
  void moveTo(FanoutTotals owner) {
    totals = owner;
  }

  void enqueued(Message message) {
    enqueued++;
    bytes += message.payload().size();
    totals.countEnqueued();
  }

  void delivered(QueuedMessage message, long nowNanos) {
    delivered++;
    totals.countDelivered(nowNanos - message.enqueuedNanos);
    ended(message);
  }

  void failed(QueuedMessage message, StatusCode code) {
    failed.merge(code, 1L, Long::sum);
    totals.countFailed(code);
    ended(message);
  }

  void expired(QueuedMessage message) {
    expired++;
    totals.countExpired(1);
    ended(message);
  }

  void expired(MessageRun run) {
    expired += run.size();
    totals.countExpired(run.size());
    ended(run);
  }

  /** It had been enqueued. */
  void dropped(QueuedMessage message, DropReason reason) {
    count(reason, 1);
    ended(message);
  }

  /** They had been enqueued. */
  void dropped(MessageRun run, DropReason reason) {
    count(reason, run.size());
    ended(run);
  }

  /** It was never enqueued: whoever offered it still holds it. */
  void refused(DropReason reason) {
    count(reason, 1);
  }

  private void ended(QueuedMessage message) {
    bytes -= message.size();
    message.letGo();
  }

  private void ended(MessageRun run) {
    bytes -= run.bytes();
    lettingGo.add(run);
  }

  /** Of the messages that wait and those in flight. */
  long bytes() {
    return bytes;
  }

  private void count(DropReason reason, long messages) {
    dropped.merge(reason, messages, Long::sum);
    totals.countDropped(reason, messages);
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
