package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import java.util.Map;

/**
 * The fates of all messages of one node, at one instant. It balances: {@code enqueued = delivered +
 * failed + expired + dropped after enqueue + queued + inFlight}.
 *
 * @param enqueued messages that the queue took
 * @param delivered messages that the node answered with OK
 * @param failed messages given up after the last attempt, by the code of that attempt; codes that
 *     never happened are absent
 * @param expired messages that grew too old in the queue
 * @param dropped messages refused, or thrown out, by reason; reasons that never happened are absent
 * @param queued messages that wait now
 * @param queuedBytes encoded bytes of the queued messages
 * @param inFlight messages that hold a worker's slot now, those in retry backoff included
 */
public record NodeLedger(
    long enqueued,
    long delivered,
    Map<StatusCode, Long> failed,
    long expired,
    Map<DropReason, Long> dropped,
    int queued,
    long queuedBytes,
    int inFlight) {

  /** Returns the number of failed messages, with any code. */
  public long failedTotal() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the number of messages dropped after they had been enqueued, for any reason. */
  public long droppedAfterEnqueue() {
    return dropped.entrySet().stream()
        .filter(e -> e.getKey().afterEnqueue())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Returns whether every message that was ever enqueued is accounted for. */
  public boolean balances() {
    return enqueued
        == delivered + failedTotal() + expired + droppedAfterEnqueue() + queued + inFlight;
  }
}
