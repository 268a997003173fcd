package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
  private final AtomicLong clock = new AtomicLong(1_000_000_000_000L);
  private final Rates rates = new Rates(10, 10, clock::get);

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
  void peersDoNotPayForEachOther() {
    for (int i = 0; i < 20; i++) {
      rates.takeOrWait("greedy");
    }
    assertThat(rates.takeOrWait("greedy")).isPositive();
    assertThat(rates.takeOrWait("modest")).isZero();
  }

  @Test
  void theBurstIsIndependentOfTheRate() {
    Rates bursts = new Rates(50, 10, clock::get);
    for (int i = 0; i < 50; i++) {
      assertThat(bursts.takeOrWait("a")).isZero();
    }
    assertThat(bursts.takeOrWait("a")).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aReturnedCallMayBeTakenAgainUpToTheBurst() {
    for (int i = 0; i < 10; i++) {
      rates.takeOrWait("a");
    }
    rates.giveBack("a");
    assertThat(rates.takeOrWait("a")).isZero();
    assertThat(rates.takeOrWait("a")).isPositive();

    rates.giveBack("b");
    for (int i = 0; i < 10; i++) {
      assertThat(rates.takeOrWait("b")).isZero();
    }
    assertThat(rates.takeOrWait("b")).isPositive();
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
  void noMorePeersAreRememberedThanAreBounded() {
    for (int i = 0; i < 3 * Rates.PEERS_MAX; i++) {
      rates.takeOrWait(i);
    }
    assertThat(rates.remembered()).isLessThanOrEqualTo(Rates.PEERS_MAX);
  }
}
