package io.pushfanout.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // A series that is missing fails the test, with its line.
class TrafficHistoryTest {
  private static final FanoutName CHAT = FanoutName.parse("prod/chat");

  private final Totals totals = new Totals();
  private final AtomicLong nanos = new AtomicLong(1);
  private final TrafficHistory history = history();

  private TrafficHistory history() {
    totals.of(CHAT).countExpired(1_000_000);
    return new TrafficHistory(totals, nanos::get);
  }

  private void sample() {
    nanos.addAndGet(TrafficHistory.EVERY.toNanos());
    history.sample();
  }

  @Test
  void pointHasTheRatesAndTheBoundOfTheNinetyNinthDelivery() {
    for (int i = 0; i < 98; i++) {
      totals.of(CHAT).countDelivered(Duration.ofMillis(1).toNanos());
    }
    totals.of(CHAT).countDelivered(Duration.ofMillis(40).toNanos());
    totals.of(CHAT).countDelivered(Duration.ofMinutes(1).toNanos());
    totals.of(CHAT).countExpired(5);
    totals.of(CHAT).countBroadcast(CallOutcome.OK);
    totals.of(CHAT).countBroadcast(CallOutcome.PARTIAL);
    sample();

    List<Float> point = List.of(0.4f, 20f, 1f, 50f);
    assertThat(history.last().series()).isEqualTo(Map.of("", point, "prod/chat", point));
    assertThat(history.last().samples()).isEqualTo(1);

    totals.of(CHAT).countDelivered(Duration.ofMinutes(1).toNanos());
    sample();
    assertThat(history.charts().series().get("prod/chat"))
        .containsExactly(point, List.of(0f, 0.2f, 0f, Traffic.BEYOND));
  }

  @Test
  void tenMinutesAreKept() {
    for (int i = 1; i <= TrafficHistory.POINTS + 7; i++) {
      totals.of(CHAT).countExpired(5L * i);
      sample();
    }

    List<List<Float>> points = history.charts().series().get(TrafficHistory.ALL);
    assertThat(points).hasSize(TrafficHistory.POINTS);
    assertThat(points.getFirst().get(2)).isEqualTo(8f);
    assertThat(points.getLast().get(2)).isEqualTo(TrafficHistory.POINTS + 7f);
    assertThat(history.charts().samples()).isEqualTo(TrafficHistory.POINTS + 7);
  }

  @Test
  void fanoutHasASeriesFromItsFirstTrafficUntilTenMinutesWithoutAny() {
    sample();
    assertThat(history.charts().series()).containsOnlyKeys(TrafficHistory.ALL);
    totals.of(CHAT).countExpired(5);
    sample();
    for (int i = 0; i < TrafficHistory.POINTS - 1; i++) {
      sample();
    }
    assertThat(history.charts().series()).containsKey("prod/chat");
    sample();
    assertThat(history.charts().series()).containsOnlyKeys(TrafficHistory.ALL);
  }

  @Test
  void seriesAreBoundedAndTheSumIsOfAllFanouts() {
    for (int i = 0; i < 2 * TrafficHistory.FANOUTS_MAX; i++) {
      totals.of(FanoutName.parse("prod/f" + i)).countExpired(5);
    }
    sample();

    assertThat(history.charts().series()).hasSize(TrafficHistory.FANOUTS_MAX + 1);
    assertThat(history.last().series().get(TrafficHistory.ALL).get(2))
        .isEqualTo(2f * TrafficHistory.FANOUTS_MAX);
  }
}
