package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchCheckTest {
  private final WatchCheck check = new WatchCheck();

  @Test
  void aWatchThatSaysWhatTheListSaysWorks() {
    assertThat(check.isDeaf(Map.of("a", "1"), Map.of("a", "1"))).isFalse();
    assertThat(check.isDeaf(Map.of("a", "1"), Map.of("a", "1"))).isFalse();
  }

  @Test
  void oneThatIsBehindOnceMayBeLate() {
    assertThat(check.isDeaf(Map.of("a", "2"), Map.of("a", "1"))).isFalse();
  }

  @Test
  void oneThatHasNotMovedSinceIsDeaf() {
    check.isDeaf(Map.of("a", "2"), Map.of("a", "1"));

    assertThat(check.isDeaf(Map.of("a", "2"), Map.of("a", "1"))).isTrue();
  }

  @Test
  void oneThatHasMovedAndIsBehindAgainWorks() {
    check.isDeaf(Map.of("a", "2"), Map.of("a", "1"));

    assertThat(check.isDeaf(Map.of("a", "3"), Map.of("a", "2"))).isFalse();
  }

  @Test
  void aResourceThatTheWatchNeverToldOfCounts() {
    check.isDeaf(Map.of("a", "1"), Map.of());

    assertThat(check.isDeaf(Map.of("a", "1"), Map.of())).isTrue();
  }

  @Test
  void aDeletionThatTheWatchNeverToldOfCounts() {
    check.isDeaf(Map.of(), Map.of("a", "1"));

    assertThat(check.isDeaf(Map.of(), Map.of("a", "1"))).isTrue();
  }

  @Test
  void afterCatchingUpTheCountBeginsAnew() {
    check.isDeaf(Map.of("a", "2"), Map.of("a", "1"));
    check.isDeaf(Map.of("a", "2"), Map.of("a", "2"));

    assertThat(check.isDeaf(Map.of("a", "3"), Map.of("a", "2"))).isFalse();
  }
}
