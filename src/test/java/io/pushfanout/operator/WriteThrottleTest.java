package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriteThrottleTest {
  private final AtomicLong nanos = new AtomicLong();
  private final WriteThrottle<String> pace = new WriteThrottle<>(nanos::get);

  @Test
  void theFirstIsWrittenAtOnce() {
    assertThat(pace.allows("a", "x", false)).isTrue();
  }

  @Test
  void aValueThatIsNotUrgentWaitsForFiveSeconds() {
    pace.wrote("a", "x");

    nanos.set(WriteThrottle.PERIOD.toNanos() - 1);
    assertThat(pace.allows("a", "y", false)).isFalse();
    nanos.set(WriteThrottle.PERIOD.toNanos());
    assertThat(pace.allows("a", "y", false)).isTrue();
  }

  @Test
  void anUrgentValueDoesNotWait() {
    pace.wrote("a", "x");

    assertThat(pace.allows("a", "y", true)).isTrue();
  }

  @Test
  void theSameIsNotWrittenTwiceWhileTheWatchLags() {
    pace.wrote("a", "x");

    assertThat(pace.allows("a", "x", true)).isFalse();
    nanos.set(WriteThrottle.PERIOD.toNanos());
    assertThat(pace.allows("a", "x", true)).as("somebody took it away").isTrue();
  }

  @Test
  void oneResourceDoesNotWaitForAnother() {
    pace.wrote("a", "x");

    assertThat(pace.allows("b", "x", false)).isTrue();
  }

  @Test
  void aResourceThatIsGoneIsForgotten() {
    pace.wrote("a", "x");
    pace.retain(Set.of("b"));

    assertThat(pace.allows("a", "y", false)).isTrue();
  }
}
