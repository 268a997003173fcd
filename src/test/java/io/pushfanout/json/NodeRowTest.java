package io.pushfanout.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.json.NodeRow.Counts;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.json.ServerStatus.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeRowTest {
  @Test
  void worstStateThenMostLossesThenFullestQueueComeFirst() {
    Fanout fanout =
        new Fanout(
            "a/b",
            1,
            Map.of(),
            List.of(new Problem("failing:1", "Failing", "INTERNAL boom")),
            List.of(
                node("idle:1", "connected", 3, 0),
                node("full:1", "connected", 40, 0),
                node("lossy:1", "connected", 0, 9),
                node("retiring:1", "retiring", 0, 0),
                node("failing:1", "connected", 0, 0),
                node("connecting:1", "connecting", 0, 0),
                node("slow:1", "slow", 0, 0),
                node("unreachable:1", "unreachable", 0, 0),
                node("also:1", "connected", 7, 0)));
    List<NodeRow> rows = NodeRow.of(fanout, Map.of("lossy:1", new Counts(0, 4)), 1);

    assertThat(rows.stream().sorted(NodeRow.WORST_FIRST).map(row -> row.node().address()))
        .containsExactly(
            "unreachable:1",
            "slow:1",
            "connecting:1",
            "failing:1",
            "retiring:1",
            "lossy:1",
            "full:1",
            "idle:1",
            "also:1");
  }

  @Test
  void ratesAreOfTheTimeBetweenTheSamples() {
    Fanout fanout =
        new Fanout("a/b", 1, Map.of(), List.of(), List.of(node("a:1", "connected", 0, 9)));

    NodeRow row = NodeRow.of(fanout, Map.of("a:1", new Counts(20, 4)), 2).getFirst();

    assertThat(row.deliveredRate()).hasValue(40);
    assertThat(row.lostRate()).hasValue(2.5);
    assertThat(NodeRow.of(fanout, Map.of(), 2).getFirst().deliveredRate()).isEmpty();
    assertThat(NodeRow.of(fanout, Map.of("a:1", new Counts(101, 4)), 2).getFirst().lostRate())
        .as("the counters were reset")
        .isEmpty();
    assertThat(NodeRow.counts(fanout)).isEqualTo(Map.of("a:1", new Counts(100, 9)));
  }

  @Test
  void fillIsOfTheBoundThatIsMetFirst() {
    assertThat(node("a:1", "connected", 120, 0).fillPercent()).isEqualTo(12);
    assertThat(filled(0, 900, 1000)).isEqualTo(90);
    assertThat(filled(5000, 0, 1000)).as("the bound has shrunk").isEqualTo(100);
    assertThat(filled(1, 1, 0)).as("a server of an earlier version").isZero();
  }

  private static int filled(long queued, long queuedBytes, long bounds) {
    return new Node(
            "a:1",
            "connected",
            "calls",
            0,
            bounds,
            bounds,
            "everything",
            0,
            queued,
            queuedBytes,
            0,
            1,
            0,
            0,
            0,
            0,
            Map.of())
        .fillPercent();
  }

  private static Node node(String address, String state, long queued, long lost) {
    return new Node(
        address, state, "calls", 0, 1000, 1 << 20, "routed", 0, queued, 0, 0, 1, 0, 100, lost, 0,
        Map.of());
  }
}
