package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.Fleet;
import io.pushfanout.management.StatusReport;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeState;
import io.pushfanout.queue.NodeLedger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  @Test
  void nodesStandInAlignedColumnsUnderTheirFanout() {
    FanoutSnapshot before =
        Fleet.chat(
            Fleet.node("10.0.0.1:50052", NodeState.CONNECTED, delivered(20)),
            Fleet.node("[::1]:7", NodeState.UNREACHABLE, Fleet.IDLE));
    FanoutSnapshot now =
        Fleet.chat(
            Fleet.node("10.0.0.1:50052", NodeState.CONNECTED, Fleet.LEDGER),
            Fleet.node("[::1]:7", NodeState.UNREACHABLE, Fleet.IDLE));

    assertThat(StatusTable.of(sample(0, before), sample(2000, now)))
        .isEqualTo(
            """
            replica pf-0: ready

            prod/chat  generation 3  workers 10  queueSize 1000  queueBytes 64Mi  \
            overflowPolicy DropNewest  rpcTimeout 5s  messageTTL 30s
              nodes 2  unreachable 1  connected 1  delivered/s 25.0  lost/s 20.5
              NODE            STATE        FOR  QUEUED  BYTES  FILL  IN-FLIGHT  WORKERS  ENQUEUED  \
            DELIVERED  DELIVERED/S  LOST/S  FAILED  EXPIRED  DROPPED  REASON
              [::1]:7         unreachable  40s       0      0    0%          0       20         0  \
                    0          0.0     0.0       0        0        0
              10.0.0.1:50052  connected    40s      10  2.5Ki    2%          7       20       109  \
                   70         25.0    20.5       5        5       31
              problems:
                10.0.0.9:50052  Unreachable: refused for 7s
            """);
  }

  @Test
  void nodeThatIsNewOrStartedAgainHasNoRate() {
    FanoutSnapshot before = Fleet.chat(Fleet.node("again:1", NodeState.CONNECTED, delivered(20)));
    FanoutSnapshot now =
        Fleet.chat(
            Fleet.node("again:1", NodeState.CONNECTED, delivered(5)),
            Fleet.node("new:1", NodeState.CONNECTED, delivered(5)));

    assertThat(rows(StatusTable.of(sample(0, before), sample(1000, now))))
        .allSatisfy(row -> assertThat(row.get(10)).isEqualTo("-"));
  }

  @Test
  void oneSampleHasNoRates() {
    StatusSample only = sample(0, Fleet.chat(Fleet.node("a:1", NodeState.CONNECTED, Fleet.LEDGER)));

    assertThat(rows(StatusTable.of(only, only)))
        .allSatisfy(r -> assertThat(r.get(10)).isEqualTo("-"));
  }

  @Test
  void sameNodeInAnotherFanoutIsAnotherNode() {
    FanoutSnapshot before = Fleet.chat(Fleet.node("a:1", NodeState.CONNECTED, delivered(20)));
    FanoutSnapshot now =
        new FanoutSnapshot(
            FanoutName.DEFAULT,
            1,
            FanoutSettings.DEFAULT,
            List.of(Fleet.node("a:1", NodeState.CONNECTED, delivered(90))),
            List.of(),
            true,
            false,
            List.of());

    assertThat(rows(StatusTable.of(sample(0, before), sample(1000, now))))
        .allSatisfy(row -> assertThat(row.get(10)).isEqualTo("-"));
  }

  @Test
  void bytesHaveUnits() {
    assertThat(bytes(0)).isEqualTo("0");
    assertThat(bytes(1023)).isEqualTo("1023");
    assertThat(bytes(1024)).isEqualTo("1.0Ki");
    assertThat(bytes(64L << 20)).isEqualTo("64.0Mi");
    assertThat(bytes(16L << 30)).isEqualTo("16.0Gi");
  }

  @Test
  void serverWithoutFanoutsIsShown() {
    StatusSample none =
        StatusSample.read("{\"ready\":false,\"replica\":\"pf-0\",\"fanouts\":[]}", 0);

    assertThat(StatusTable.of(none, none)).isEqualTo("replica pf-0: not ready\nno fanouts\n");
  }

  @Test
  void fanoutWithoutNodesIsShown() {
    StatusSample none =
        sample(
            0,
            new FanoutSnapshot(
                FanoutName.DEFAULT,
                1,
                FanoutSettings.DEFAULT,
                List.of(),
                List.of(),
                true,
                false,
                List.of()));

    assertThat(StatusTable.of(none, none)).endsWith("messageTTL 30s\n  no nodes\n");
  }

  @Test
  void aServerOfAVersionBeforeItHadProblemsOfItsOwnIsRead() {
    StatusSample old = StatusSample.read("{\"ready\":true,\"replica\":\"a\",\"fanouts\":[]}", 0);

    assertThat(StatusTable.of(old, old)).isEqualTo("replica a: ready\nno fanouts\n");
  }

  @Test
  void problemsOfTheProcessAndOfNoNodeStandByThemselves() {
    StatusSample troubled =
        StatusSample.read(
            """
            {"ready":true,"replica":"pf-0",
            "problems":[{"node":"","reason":"Exposed","message":"everybody may broadcast"}],
            "fanouts":[{"name":"a/b","generation":1,"settings":{},"nodes":[],
            "problems":[{"node":"","reason":"DiscoveryDegraded","message":"etcd is away"},
            {"node":"a:1","reason":"Slow","message":"7 messages wait"}]}]}
            """,
            0);

    assertThat(StatusTable.of(troubled, troubled))
        .isEqualTo(
            """
            replica pf-0: ready
            problems:
              Exposed: everybody may broadcast

            a/b  generation 1
              no nodes
              problems:
                DiscoveryDegraded: etcd is away
                a:1  Slow: 7 messages wait
            """);
  }

  @Test
  void theWorstNodesComeFirstAndEachHasItsReason() {
    StatusSample troubled =
        sampleOf(
            """
            "problems":[{"node":"a:1","reason":"Failing","message":"INTERNAL boom"},
            {"node":"d:1","reason":"Unreachable","message":"connection refused"},
            {"node":"d:1","reason":"Flapping","message":""},
            {"node":"x:1","reason":"MalformedRegistration","message":"no port"}],
            "nodes":[NODE(a,connected,0),NODE(b,connected,0),NODE(c,connected,7),NODE(d,unreachable,0),NODE(e,slow,0)]
            """);

    StatusSample before =
        sampleOf("\"problems\":[],\"nodes\":[NODE(b,connected,0),NODE(c,connected,0)]");

    String table = StatusTable.of(before, troubled);

    assertThat(rowNames(table)).containsExactly("d:1", "e:1", "a:1", "c:1", "b:1");
    assertThat(table)
        .containsPattern("d:1 .* Unreachable: connection refused; Flapping\n")
        .containsPattern("a:1 .* Failing: INTERNAL boom\n")
        .endsWith("  problems:\n    x:1  MalformedRegistration: no port\n");
  }

  @Test
  void onlyTheWorstNodesAreShownAndTheNumberOfTheOthers() {
    StatusLook look =
        StatusLook.of(
            sampleOf(
                "\"problems\":[],\"nodes\":[NODE(a,connected,0),NODE(b,slow,0),NODE(c,connected,0)]"));

    String table = StatusTable.of(look, look, new StatusChoice(null, 1));

    assertThat(rowNames(table)).containsExactly("b:1");
    assertThat(table).endsWith("  and 2 more nodes\n");
    assertThat(StatusTable.of(look, look, new StatusChoice(null, 2)))
        .endsWith("  and 1 more node\n");
  }

  @Test
  void aFanoutThatIsNamedIsTheOnlyOneAndHasToBeThere() {
    StatusLook look = StatusLook.of(sampleOf("\"problems\":[],\"nodes\":[]"));
    StatusChoice other = new StatusChoice(FanoutName.parse("a/c"), 10);

    assertThat(StatusTable.of(look, look, new StatusChoice(FanoutName.parse("a/b"), 10)))
        .contains("a/b  generation");
    assertThat(StatusTable.of(look, look, other)).doesNotContain("a/b");
    assertThatIOException()
        .isThrownBy(() -> other.requireAny(look.status().fanouts()))
        .withMessage("the server has no fanout a/c");
  }

  @Test
  void theFirstLineIsThatOfReadyz() {
    StatusSample none =
        StatusSample.read("{\"ready\":false,\"replica\":\"pf-0\",\"fanouts\":[]}", 0);
    StatusLook look = new StatusLook(none, "not ready: etcd has not answered yet", Map.of());

    assertThat(StatusTable.of(look, look, StatusChoice.ALL))
        .startsWith("replica pf-0: not ready: etcd has not answered yet\n");
  }

  @Test
  void deliveryTimesAreOfTheTimeBetweenTheSamples() {
    StatusSample sample = sampleOf("\"problems\":[],\"nodes\":[]");
    StatusLook before = new StatusLook(sample, "ready", Map.of("a/b", times(100, 0)));
    StatusLook now = new StatusLook(sample, "ready", Map.of("a/b", times(150, 10)));

    assertThat(StatusTable.of(before, now, StatusChoice.ALL))
        .contains("\n  delivery p50 ≤ 1.0 ms, p99 ≤ 50.0 ms\n");
    assertThat(StatusTable.of(now, now, StatusChoice.ALL)).doesNotContain("delivery");
  }

  /**
   * @param quick deliveries within 1 ms
   * @param slow deliveries within 50 ms
   */
  private static DeliveryTimes times(long quick, long slow) {
    return new DeliveryTimes(
        1,
        new TreeMap<>(
            Map.of(0.001, quick, 0.05, quick + slow, Double.POSITIVE_INFINITY, quick + slow)));
  }

  /**
   * Returns the status of a server with the fanout a/b, where NODE(name,state,dropped) stands for a
   * node.
   */
  private static StatusSample sampleOf(String fanout) {
    String nodes =
        fanout.replaceAll(
            "NODE\\((\\w+),(\\w+),(\\d+)\\)",
            "{\"address\":\"$1:1\",\"state\":\"$2\",\"queued\":0,\"queuedBytes\":0,\"inFlight\":0,"
                + "\"workers\":1,\"enqueued\":0,\"delivered\":0,\"failed\":0,\"expired\":0,"
                + "\"dropped\":{\"queue_full\":$3}}");
    return StatusSample.read(
        "{\"ready\":true,\"replica\":\"pf-0\",\"fanouts\":[{\"name\":\"a/b\",\"generation\":1,"
            + "\"settings\":{},"
            + nodes
            + "}]}",
        0);
  }

  private static List<String> rowNames(String table) {
    return table
        .lines()
        .filter(line -> line.matches("  \\w:1 .*"))
        .map(line -> line.strip().split(" ", 2)[0])
        .toList();
  }

  @Test
  void printsNoTerminalControlSequences() {
    String raw =
        """
        {"ready":true,"replica":"R","problems":[{"node":"R","reason":"R","message":"R"}],"fanouts":[{"name":"R","generation":1,
        "settings":{"workers":"R"},
        "problems":[{"node":"R","reason":"R","message":"R"}],
        "nodes":[{"address":"R","state":"R","queued":0,"queuedBytes":0,"inFlight":0,"workers":1,
        "enqueued":0,"delivered":0,"failed":0,"expired":0,"dropped":{}}]}]}\
        """
            .replace("\"R\"", "\"a\\u001b[2J\\u009b\\u202e\\n\\r" + "x".repeat(500) + "\"");
    StatusSample hostile = StatusSample.read(raw, 0);

    String table = StatusTable.of(hostile, hostile);

    assertThat(table.replace("\n", "")).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    assertThat(table.lines()).hasSize(8);
    assertThat(table).doesNotContain("x".repeat(400));
  }

  private static NodeLedger delivered(long count) {
    return new NodeLedger(count, count, Map.of(), 0, Map.of(), 0, 0, 0);
  }

  private static StatusSample sample(long millis, FanoutSnapshot fanout) {
    String json =
        new StatusReport("pf-0", () -> true, List::of, () -> List.of(fanout))
            .answer()
            .body()
            .toString();
    return StatusSample.read(json, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Returns the cells of the node rows. */
  private static List<List<String>> rows(String table) {
    List<List<String>> rows =
        table
            .lines()
            .filter(line -> line.matches("  \\S+:\\d+ +connected .*"))
            .map(line -> List.of(line.strip().split(" +", -1)))
            .toList();
    assertThat(rows).isNotEmpty();
    return rows;
  }

  private static String bytes(long queued) {
    NodeLedger ledger = new NodeLedger(0, 0, Map.of(), 0, Map.of(), 0, queued, 0);
    StatusSample only = sample(0, Fleet.chat(Fleet.node("a:1", NodeState.CONNECTED, ledger)));
    return rows(StatusTable.of(only, only)).getFirst().get(4);
  }
}
