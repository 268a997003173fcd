package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * The counters of one node's messages. Each event also counts in the totals of the fanout that owns
 * the node at that moment. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>The end of every message is counted here, and its bytes are released here alone: a step that
 * keeps the ledger in balance also gives the memory back.
 */
public final class Ledger {
  private final NodeAddress node;
  private final BatchReleaser releaser;
  private FanoutTotals totals;
  private long enqueued;

  /** Bytes of the messages that were enqueued and have not ended. */
  private long bytes;

  private long delivered;
  private long expired;
  private final EnumCounts<StatusCode> failed = new EnumCounts<>(StatusCode.class);
  private final EnumCounts<DropReason> dropped = new EnumCounts<>(DropReason.class);

  /**
   * @param loop executor that gives back the memory of many messages that end at a time
   */
  public Ledger(NodeAddress node, FanoutTotals totals, Executor loop) {
    this.node = node;
    this.totals = totals;
    this.releaser = new BatchReleaser(this, loop);
  }

  public NodeAddress node() {
    return node;
  }

  /** Returns the durations of the deliveries of the fanout that owns the node. */
  public DeliveryHistogram deliveryTimes() {
    return totals.deliveryTimes();
  }

  /** Counts events for another fanout from now on; this node's own counts go on. */
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
    ended(message, DeliveryEnd.Delivered.END);
  }

  void delivered(List<QueuedMessage> messages, long nowNanos) {
    delivered += messages.size();
    totals.countDelivered(messages, nowNanos);
    for (int i = 0; i < messages.size(); i++) {
      ended(messages.get(i), DeliveryEnd.Delivered.END);
    }
  }

  void failed(QueuedMessage message, StatusCode code) {
    failed.add(code, 1);
    totals.countFailed(code);
    ended(message, DeliveryEnd.failed(code));
  }

  void expired(QueuedMessage message) {
    expired++;
    totals.countExpired(1);
    ended(message, DeliveryEnd.Expired.END);
  }

  void expired(MessageRun run) {
    expired += run.size();
    totals.countExpired(run.size());
    ended(run, DeliveryEnd.Expired.END);
  }

  /** Counts a drop of a message that had been enqueued. */
  void dropped(QueuedMessage message, DropReason reason) {
    count(reason, 1);
    ended(message, DeliveryEnd.dropped(reason));
  }

  /** Counts a drop of messages that had been enqueued. */
  void dropped(MessageRun run, DropReason reason) {
    count(reason, run.size());
    ended(run, DeliveryEnd.dropped(reason));
  }

  /** Counts a refusal of a message that was never enqueued; the offering side still holds it. */
  void refused(DropReason reason) {
    count(reason, 1);
  }

  private void ended(QueuedMessage message, DeliveryEnd end) {
    bytes -= message.size();
    message.ended(end, this);
  }

  private void ended(MessageRun run, DeliveryEnd end) {
    bytes -= run.bytes();
    run.end = end;
    releaser.add(run);
  }

  /** Returns the bytes of the messages that wait and of those in flight. */
  long bytes() {
    return bytes;
  }

  private void count(DropReason reason, long messages) {
    dropped.add(reason, messages);
    totals.countDropped(reason, messages);
  }

  NodeLedger snapshot(int queued, long queuedBytes, int inFlight) {
    return new NodeLedger(
        enqueued, delivered, failed.read(), expired, dropped.read(), queued, queuedBytes, inFlight);
  }

  /**
   * Counts by the constants of an enum, without an object for each event. Not thread-safe.
   *
   * @param <E> the enum
   */
  private static final class EnumCounts<E extends Enum<E>> {
    private final Class<E> type;
    private final long[] counts;

    EnumCounts(Class<E> type) {
      this.type = type;
      this.counts = new long[type.getEnumConstants().length];
    }

    @SuppressWarnings("EnumOrdinal") // an index of this process alone
    void add(E constant, long count) {
      counts[constant.ordinal()] += count;
    }

    /** Returns the counts above 0. */
    @SuppressWarnings("EnumOrdinal") // an index of this process alone
    Map<E, Long> read() {
      Map<E, Long> read = new EnumMap<>(type);
      for (E constant : type.getEnumConstants()) {
        long count = counts[constant.ordinal()];
        if (count > 0) {
          read.put(constant, count);
        }
      }
      return Map.copyOf(read);
    }
  }
}
