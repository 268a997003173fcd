package io.pushfanout.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.client.DeliveryTimes;
import io.pushfanout.client.LedgerChange;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WorkersAdviceTest {
  @Test
  void twiceTheDeliveriesInFlightByLittlesLawAreSuggested() {
    WorkersAdvice advice = WorkersAdvice.of(1000, deliveries(2, 20_000, 0.005, 50));

    assertThat(advice.workers()).isEqualTo(10);
    assertThat(advice.why())
        .isEqualTo(
            "1,000 messages/s for each node × 5.00 ms from enqueue to acknowledgement are 5.0 in"
                + " flight (Little's law), twice that for a bad day.");
  }

  @Test
  void timeInTheQueueOfBusyWorkersIsNotTheNodes() {
    // 10 workers got 2,000 messages a second through, so that each took at most 5 ms.
    WorkersAdvice advice = WorkersAdvice.of(4000, deliveries(1, 20_000, 0.5, 10));

    assertThat(advice.workers()).isEqualTo(40);
    assertThat(advice.why())
        .contains(
            "at most 5.00 ms (all 10 workers were busy, the rest of 500.00 ms was the queue)");
  }

  @Test
  void aStreamCarriesItsWindowAndIsNotBusyWithOneMessage() {
    // 500 in flight, where one unary worker could have had one.
    WorkersAdvice advice = WorkersAdvice.of(100_000, deliveries(1, 1_000_000, 0.005, 1, 400));

    assertThat(advice.workers()).isEqualTo(3);
    assertThat(advice.why())
        .startsWith(
            "100,000 messages/s for each node × 5.00 ms from enqueue to acknowledgement on streams"
                + " of 400 are 500.0 in flight")
        .endsWith("bad day; 3 workers, each a stream of up to 400 in flight, carry that.");
  }

  @Test
  void oneStreamThatIsEnoughForManyInFlightIsExplained() {
    WorkersAdvice advice = WorkersAdvice.of(3420, deliveries(1, 34_200, 0.01, 10, 1000));

    assertThat(advice.workers()).isEqualTo(1);
    assertThat(advice.why())
        .contains("are 34.2 in flight (Little's law), twice that for a bad day")
        .endsWith("; 1 worker, a stream of up to 1,000 in flight, carries that.");
  }

  @Test
  void atLeastOneIsSuggested() {
    assertThat(WorkersAdvice.of(1, deliveries(1, 10, 0.0001, 10)).workers()).isEqualTo(1);
  }

  @Test
  void noMoreThanTheLimitIsSuggestedWithAnotherRemedy() {
    WorkersAdvice advice = WorkersAdvice.of(10_000, deliveries(1, 100_000, 0.1, 1024));

    assertThat(advice.workers()).isEqualTo(1024);
    assertThat(advice.why())
        .endsWith("1,024 is the most there may be: spread the callers over" + " replicas.");
  }

  @Test
  void withoutDeliveriesOrWithoutTheStatusItIsUnknown() {
    assertThat(WorkersAdvice.of(10, deliveries(1, 0, 0, 10)).workers()).isNull();
    assertThat(WorkersAdvice.unknown().workers()).isNull();
    assertThat(WorkersAdvice.unknown().why()).contains("--http");
  }

  /** Returns the ledgers' change in ten seconds. */
  private static LedgerChange deliveries(int nodes, long count, double mean, int workers) {
    return deliveries(nodes, count, mean, workers, 0);
  }

  private static LedgerChange deliveries(
      int nodes, long count, double mean, int workers, int window) {
    DeliveryTimes times =
        new DeliveryTimes(count * mean, new TreeMap<>(Map.of(Double.POSITIVE_INFINITY, count)));
    return new LedgerChange(10, true, nodes, workers, window, count, count, 0, 0, 0, times);
  }
}
