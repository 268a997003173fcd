package io.pushfanout.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.json.ServerStatus;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.json.ServerStatus.Problem;
import io.pushfanout.management.Fleet;
import io.pushfanout.management.page.PageFeed.Updates;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // A part that is missing fails the test, with its line.
class PageFeedTest {
  private static final long START = 1_000_000;

  private final Totals totals = new Totals();
  private final AtomicLong seconds = new AtomicLong(START);
  private final TrafficHistory history = new TrafficHistory(totals, this::nanos);
  private List<Fanout> fanouts = List.of();
  private final PageFeed feed =
      new PageFeed(
          () -> new ServerStatus(true, "pf-0", List.of(), fanouts),
          () -> "ready",
          totals,
          Fleet.PAGE,
          history,
          this::nanos,
          seconds::get);

  private long nanos() {
    return TimeUnit.SECONDS.toNanos(seconds.get());
  }

  private Updates next(boolean whole) {
    seconds.incrementAndGet();
    return feed.next(whole);
  }

  private Update change() {
    return next(false).change();
  }

  private Update whole() {
    return Objects.requireNonNull(next(true).whole());
  }

  private static Fanout fanout(Node... nodes) {
    return new Fanout("prod/chat", 3, Map.of("workers", 20), List.of(), Arrays.asList(nodes));
  }

  private static Node node(String address, String state, long seconds, long delivered) {
    return new Node(
        address, state, "calls", seconds, 1000, 1000, "routed", 0, 0, 0, 0, 1, 0, delivered, 0, 0,
        Map.of());
  }

  private static List<Object> addresses(List<List<Object>> rows) {
    return rows.stream().map(row -> row.get(2)).toList();
  }

  @Test
  void wholeStateHasEverything() {
    fanouts = List.of(fanout(node("a:1", "connected", 9, 0), node("b:1", "slow", 0, 0)));
    totals.of(FanoutName.parse("prod/chat")).countBroadcast(CallOutcome.OK);

    Update whole = whole();

    assertThat(addresses(whole.nodes())).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(whole.order()).as("the numbers of b:1 and a:1").containsExactly(1, 2);
    assertThat(whole.nodes())
        .contains(
            Arrays.asList(
                2,
                "prod/chat",
                "a:1",
                "connected",
                5,
                START - 8,
                "",
                "calls",
                0,
                0L,
                1000L,
                0L,
                0L,
                1L,
                -1,
                -1,
                0L));
    assertThat(whole.head().replica()).isEqualTo("pf-0");
    assertThat(whole.head().services()).isNotEmpty();
    assertThat(whole.callers().connections()).isEqualTo(2);
    assertThat(whole.fanouts().get("prod/chat").settings())
        .isEqualTo(Map.of("workers", List.of(20, "chat.yaml:3")));
    assertThat(whole.fanouts().get("prod/chat").replicas()).hasSize(2);
    assertThat(whole.numbers().get("prod/chat"))
        .isEqualTo(new Update.Numbers(Map.of("connected", 1, "slow", 1), null, Map.of("ok", 1L)));
    assertThat(whole.charts().series()).containsKey("");
  }

  @Test
  void settingsThatNobodyChangedAreDefaults() {
    fanouts =
        List.of(
            new Fanout(
                "prod/chat",
                1,
                Map.of("workers", 10, "retry", Map.of("maxAttempts", 3)),
                List.of(),
                List.of()));

    assertThat(whole().fanouts().get("prod/chat").settings())
        .containsEntry("workers", List.of(10, "default"))
        .containsEntry("retry.maxAttempts", List.of(3, "chat.yaml:3"));
  }

  @Test
  void changeHasTheRowsThatDifferAndNothingElse() {
    fanouts = List.of(fanout(node("a:1", "connected", 9, 0), node("b:1", "connected", 9, 0)));
    whole();
    change(); // The rates begin.
    fanouts = List.of(fanout(node("a:1", "connected", 11, 0), node("b:1", "connected", 11, 0)));
    assertThat(change()).isEqualTo(nothing(START + 3));

    fanouts = List.of(fanout(node("a:1", "connected", 12, 0), node("b:1", "connected", 12, 8)));
    Update change = change();

    assertThat(addresses(change.nodes())).containsExactly("b:1");
    assertThat(change.nodes().getFirst().get(14)).as("8 in 3 s").isEqualTo(2.7f);
    assertThat(change.order()).isNull();
  }

  private static Update nothing(long now) {
    return new Update(now, null, null, null, null, null, null, null, null, null, null, null);
  }

  @Test
  void nodeInTroubleMovesToTheFrontWithItsReason() {
    fanouts = List.of(fanout(node("a:1", "connected", 9, 0), node("b:1", "connected", 9, 0)));
    assertThat(whole().order()).containsExactly(1, 2);
    fanouts =
        List.of(
            new Fanout(
                "prod/chat",
                3,
                Map.of("workers", 20),
                List.of(new Problem("b:1", "Unreachable", "connection refused")),
                List.of(node("a:1", "connected", 10, 0), node("b:1", "unreachable", 5, 0))));

    Update change = change();

    assertThat(change.order()).containsExactly(2, 1);
    assertThat(change.nodes().getFirst().subList(3, 7))
        .containsExactly("unreachable", 0, START + 2 - 5, "Unreachable: connection refused");
    assertThat(change.fanouts()).as("the problem is in the row").isNull();
    assertThat(change.numbers().get("prod/chat").states())
        .isEqualTo(Map.of("connected", 1, "unreachable", 1));
  }

  @Test
  void nodesAndFanoutsThatAreGoneAreNamed() {
    fanouts =
        List.of(
            fanout(node("a:1", "connected", 9, 0), node("b:1", "connected", 9, 0)),
            new Fanout("prod/x", 1, Map.of(), List.of(), List.of()));
    whole();
    fanouts = List.of(fanout(node("b:1", "connected", 10, 0)));

    Update change = change();

    assertThat(change.goneNodes()).containsExactly(1);
    assertThat(change.goneFanouts()).containsExactly("prod/x");
    assertThat(change.order()).containsExactly(2);
    fanouts = List.of(fanout(node("a:1", "connecting", 0, 0), node("b:1", "connected", 11, 0)));
    assertThat(change().order()).as("a node that comes again is a new one").containsExactly(3, 2);
  }

  @Test
  void beginOfAStateStandsStillAndANewStateBeginsAnew() {
    fanouts = List.of(fanout(node("a:1", "connected", 100, 0)));
    whole();
    change();
    fanouts = List.of(fanout(node("a:1", "connected", 101, 0)));
    assertThat(change().nodes()).as("a second of rounding").isNull();
    fanouts = List.of(fanout(node("a:1", "connected", 1, 0)));
    assertThat(change().nodes().getFirst().get(5)).as("connected again").isEqualTo(START + 3);
  }

  @Test
  void ratesAreOfTheLastFiveSeconds() {
    fanouts = List.of(fanout(node("a:1", "connected", 0, 0)));
    whole();
    for (int i = 1; i <= 20; i++) {
      fanouts = List.of(fanout(node("a:1", "connected", i, 100L * i)));
      change();
    }
    fanouts = List.of(fanout(node("a:1", "connected", 21, 2500)));

    assertThat(change().nodes().getFirst().get(14)).isEqualTo(Math.round((2500 - 1600) / 5.0));
  }

  @Test
  void chartsGetTheirNewestPointOrAllAfterAGap() {
    whole();
    assertThat(change().points()).isNull();
    history.sample();
    Update one = change();
    assertThat(one.points().samples()).isEqualTo(1);
    assertThat(one.charts()).isNull();
    history.sample();
    history.sample();
    Update two = change();
    assertThat(two.points()).isNull();
    assertThat(two.charts().samples()).isEqualTo(3);
  }
}
