package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchStalenessCheckTest {
  private final WatchStalenessCheck check = new WatchStalenessCheck();

  @Test
  void aWatchThatEqualsTheListWorks() {
    assertThat(check.hasStalled(Map.of("a", "1"), Map.of("a", "1"))).isFalse();
    assertThat(check.hasStalled(Map.of("a", "1"), Map.of("a", "1"))).isFalse();
  }

  @Test
  void oneThatIsBehindOnceMayBeLate() {
    assertThat(check.hasStalled(Map.of("a", "2"), Map.of("a", "1"))).isFalse();
  }

  @Test
  void aWatchThatHasNotMovedSinceHasStalled() {
    check.hasStalled(Map.of("a", "2"), Map.of("a", "1"));

    assertThat(check.hasStalled(Map.of("a", "2"), Map.of("a", "1"))).isTrue();
  }

  @Test
  void oneThatHasMovedAndIsBehindAgainWorks() {
    check.hasStalled(Map.of("a", "2"), Map.of("a", "1"));

    assertThat(check.hasStalled(Map.of("a", "3"), Map.of("a", "2"))).isFalse();
  }

  @Test
  void aResourceThatTheWatchMissedCounts() {
    check.hasStalled(Map.of("a", "1"), Map.of());

    assertThat(check.hasStalled(Map.of("a", "1"), Map.of())).isTrue();
  }

  @Test
  void aDeletionThatTheWatchMissedCounts() {
    check.hasStalled(Map.of(), Map.of("a", "1"));

    assertThat(check.hasStalled(Map.of(), Map.of("a", "1"))).isTrue();
  }

  @Test
  void afterCatchingUpTheCountStartsAgain() {
    check.hasStalled(Map.of("a", "2"), Map.of("a", "1"));
    check.hasStalled(Map.of("a", "2"), Map.of("a", "2"));

    assertThat(check.hasStalled(Map.of("a", "3"), Map.of("a", "2"))).isFalse();
  }
}
