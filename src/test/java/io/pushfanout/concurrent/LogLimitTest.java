package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private long nanos;
  private final LogLimit limit = new LogLimit(2, () -> nanos);
  private final List<String> lines = new ArrayList<>();

  private boolean write() {
    return limit.write(note -> lines.add("line" + note));
  }

  @Test
  void linesBeyondTheBoundAreLeftOutAndCountedInTheNextLine() {
    assertThat(write()).isTrue();
    nanos = Duration.ofSeconds(19).toNanos();
    assertThat(write()).isTrue();
    assertThat(write()).isFalse();
    assertThat(write()).isFalse();

    nanos = Duration.ofSeconds(20).toNanos();
    assertThat(write()).as("the first was 20 s ago").isTrue();
    assertThat(write()).as("the second was not").isFalse();

    assertThat(lines).containsExactly("line", "line", "line (2 lines about it were left out)");
  }

  @Test
  void anyTwentySecondsHaveNoMoreLinesHoweverManyAreTried() {
    for (int millis = 0; millis < 100_000; millis += 7) {
      nanos = Duration.ofMillis(millis).toNanos();
      write();
    }

    assertThat(lines).hasSize(10);
  }

  @Test
  void partiesHaveLimitsOfTheirOwn() {
    LogLimits<String> limits = new LogLimits<>(1, () -> nanos);

    assertThat(limits.of("a").write(lines::add)).isTrue();
    assertThat(limits.of("a").write(lines::add)).isFalse();
    assertThat(limits.of("b").write(lines::add)).isTrue();
  }
}
