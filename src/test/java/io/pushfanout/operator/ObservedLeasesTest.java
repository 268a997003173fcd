package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ObservedLeasesTest {
  private final AtomicLong nanos = new AtomicLong(-7);
  private final ObservedLeases stillness = new ObservedLeases(nanos::get);

  @Test
  void theFirstLookCountsFromNow() {
    assertThat(stillness.of("a", "1")).isZero();
  }

  @Test
  void anUnchangedVersionIsStillSinceTheFirstLook() {
    stillness.of("a", "1");
    pass(30);

    assertThat(stillness.of("a", "1")).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aChangedVersionIsStillForNoTime() {
    stillness.of("a", "1");
    pass(30);

    assertThat(stillness.of("a", "2")).isZero();
    pass(5);
    assertThat(stillness.of("a", "2")).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void namesAreIndependent() {
    stillness.of("a", "1");
    pass(30);

    assertThat(stillness.of("b", "1")).isZero();
  }

  @Test
  void aNameWithoutALookForLongIsForgotten() {
    stillness.of("a", "1");
    pass(601);
    stillness.of("b", "1");

    assertThat(stillness.of("a", "1")).isZero();
  }

  @Test
  void aResetForgetsAllVersions() {
    stillness.of("a", "1");
    pass(300);
    stillness.reset();

    assertThat(stillness.of("a", "1")).isZero();
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
