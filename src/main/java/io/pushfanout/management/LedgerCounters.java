package io.pushfanout.management;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.NodeLedger;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The five counters of message outcomes, gathered during one scrape. Fanouts and nodes have the
 * same five under different prefixes.
 */
final class LedgerCounters {
  /**
   * Failure codes shown even at zero, which are all codes: a rate misses the first burst of a
   * series that begins with it.
   */
  private static final Set<StatusCode> FANOUT_CODES =
      EnumSet.complementOf(EnumSet.of(StatusCode.OK));

  /** Frequent codes, shown even at zero: all codes would add 14 series to each node. */
  private static final Set<StatusCode> NODE_CODES =
      EnumSet.of(StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED);

  private final CounterFamily enqueued;
  private final CounterFamily delivered;
  private final CounterFamily failed;
  private final CounterFamily expired;
  private final CounterFamily dropped;

  LedgerCounters(String prefix) {
    enqueued = new CounterFamily(prefix + "enqueued", "Messages that queues took");
    delivered = new CounterFamily(prefix + "delivered", "Messages that nodes answered with OK");
    failed =
        new CounterFamily(
            prefix + "failed", "Messages given up after the last attempt, by its code");
    expired = new CounterFamily(prefix + "expired", "Messages that grew too old in queues");
    dropped =
        new CounterFamily(
            prefix + "dropped", "Messages that queues refused or threw out, by reason");
  }

  void add(Labels labels, FanoutTotals sums) {
    add(
        labels,
        FANOUT_CODES,
        sums.enqueued(),
        sums.delivered(),
        sums.expired(),
        sums::failed,
        sums::dropped);
  }

  void add(Labels labels, NodeLedger ledger) {
    add(
        labels,
        NODE_CODES,
        ledger.enqueued(),
        ledger.delivered(),
        ledger.expired(),
        code -> ledger.failed().getOrDefault(code, 0L),
        reason -> ledger.dropped().getOrDefault(reason, 0L));
  }

  private void add(
      Labels labels,
      Set<StatusCode> shownAtZero,
      long enqueuedCount,
      long deliveredCount,
      long expiredCount,
      ToLongFunction<StatusCode> failedCount,
      ToLongFunction<DropReason> droppedCount) {
    enqueued.add(labels, enqueuedCount);
    delivered.add(labels, deliveredCount);
    expired.add(labels, expiredCount);
    for (StatusCode code : StatusCode.values()) {
      long count = failedCount.applyAsLong(code);
      if (count > 0 || shownAtZero.contains(code)) {
        failed.add(labels.add("code", code.name()), count);
      }
    }
    for (DropReason reason : DropReason.values()) {
      dropped.add(labels.add("reason", reason.label()), droppedCount.applyAsLong(reason));
    }
  }

  Stream<MetricSnapshot> snapshots() {
    return Stream.of(enqueued, delivered, failed, expired, dropped).map(CounterFamily::snapshot);
  }
}
