package io.pushfanout.operator;

import static io.pushfanout.operator.Observed.conflicted;
import static io.pushfanout.operator.Observed.fanout;
import static io.pushfanout.operator.Observed.node;
import static io.pushfanout.operator.Observed.resized;
import static io.pushfanout.operator.Observed.undiscovered;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeState;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeEventsTest {
  private static final NodeSnapshot A = node("a:1", NodeState.CONNECTED);
  private static final NodeSnapshot B = node("b:1", NodeState.CONNECTED);

  @Test
  void nothingHappenedToAFanoutThatIsAsItWas() {
    assertThat(between(fanout(A), fanout(A))).isEmpty();
  }

  @Test
  void addedNodesAreReportedTogether() {
    NodeSnapshot[] many =
        IntStream.rangeClosed(1, 8)
            .mapToObj(i -> node("n" + i + ":1", NodeState.CONNECTED))
            .toArray(NodeSnapshot[]::new);

    assertThat(between(fanout(), fanout(many)))
        .containsExactly(
            new EventRecord(
                EventRecord.Reason.NODE_ADDED, "n1:1, n2:1, n3:1, n4:1, n5:1 and 3 more"));
  }

  @Test
  void aNodeThatRetiresHasBeenRemovedOnce() {
    FanoutSnapshot retiring = fanout(A, node("b:1", NodeState.RETIRING));

    assertThat(between(fanout(A, B), retiring))
        .containsExactly(new EventRecord(EventRecord.Reason.NODE_REMOVED, "b:1"));
    assertThat(between(retiring, fanout(A))).isEmpty();
  }

  @Test
  void theNodesThatAFanoutBeginsWithAreNoNews() {
    assertThat(between(undiscovered(fanout()), fanout(A, B))).isEmpty();
  }

  @Test
  void aResizeNamesEachFieldBeforeAndAfter() {
    FanoutSettings wider = FanoutSettings.DEFAULT.toBuilder().workers(20).queueSize(5).build();

    assertThat(between(fanout(A), resized(fanout(A), wider)))
        .containsExactly(
            new EventRecord(EventRecord.Reason.RESIZED, "workers 10 → 20, queueSize 1000 → 5"));
  }

  @Test
  void aFieldThatWasNotThereIsReportedAsNone() {
    FanoutSettings secured = FanoutSettings.DEFAULT.toBuilder().tlsProfile("internal").build();

    assertThat(between(fanout(A), resized(fanout(A), secured)))
        .containsExactly(
            new EventRecord(EventRecord.Reason.RESIZED, "tls.profile none → internal"));
  }

  @Test
  void fullQueuesReportTheirDropsSinceTheLastSnapshot() {
    FanoutSnapshot before = fanout(node("a:1", NodeState.SLOW, 100), B);
    FanoutSnapshot after =
        fanout(node("a:1", NodeState.SLOW, 130), node("b:1", NodeState.CONNECTED, 3));

    assertThat(between(before, after))
        .containsExactly(
            new EventRecord(
                EventRecord.Reason.QUEUE_FULL, "33 messages dropped for full queues of a:1, b:1"));
  }

  @Test
  void aConflictOverOtherNodesIsReported() {
    FanoutSnapshot one = conflicted(fanout(A), "b:1");
    FanoutSnapshot two = conflicted(fanout(A), "b:1", "c:1");

    assertThat(between(one, two))
        .containsExactly(new EventRecord(EventRecord.Reason.CONFLICT, "prod/older has b:1, c:1"));
    assertThat(between(one, one)).isEmpty();
    assertThat(between(fanout(A), one)).as("a flip").isEmpty();
    assertThat(between(one, fanout(A))).as("a flip").isEmpty();
  }

  private static List<EventRecord> between(FanoutSnapshot before, FanoutSnapshot after) {
    return NodeEvents.REASONS.stream()
        .flatMap(reason -> NodeEvents.between(reason, before, after).stream())
        .toList();
  }
}
