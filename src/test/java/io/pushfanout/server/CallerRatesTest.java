package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerRatesTest {
  private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);
  private final CallerRates rates = new CallerRates(10, clock::get);

  private void advance(long millis) {
    clock.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  @Test
  void oneSecondsWorthMayComeAtOnceAndThenTheWaitIsTheTrueOne() {
    for (int i = 0; i < 10; i++) {
      assertThat(rates.takeOrWait("a")).isZero();
    }
    assertThat(rates.takeOrWait("a")).isEqualTo(Duration.ofMillis(100));
    advance(40);
    assertThat(rates.takeOrWait("a")).isEqualTo(Duration.ofMillis(60));
    advance(60);
    assertThat(rates.takeOrWait("a")).isZero();
    assertThat(rates.takeOrWait("a")).isPositive();
  }

  @Test
  void callersDoNotPayForEachOther() {
    for (int i = 0; i < 20; i++) {
      rates.takeOrWait("greedy");
    }
    assertThat(rates.takeOrWait("greedy")).isPositive();
    assertThat(rates.takeOrWait("modest")).isZero();
  }

  @Test
  void rateIsKeptOverALongTime() {
    int taken = 0;
    for (int i = 0; i < 10_000; i++) {
      taken += rates.takeOrWait("a").isZero() ? 1 : 0;
      advance(10);
    }
    assertThat(taken).isBetween(1000, 1010);
  }

  @Test
  void noMoreCallersAreRememberedThanAreBounded() {
    for (int i = 0; i < 3 * CallerRates.CALLERS_MAX; i++) {
      rates.takeOrWait(i);
    }
    assertThat(rates.remembered()).isLessThanOrEqualTo(CallerRates.CALLERS_MAX);
  }
}
