package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExpiringMapTest {
  private static final Duration WINDOW = Duration.ofNanos(100);

  private final AtomicLong nanos = new AtomicLong();

  private ExpiringMap<String, String> map(int most, long bytes) {
    return new ExpiringMap<>(WINDOW, most, bytes, nanos::get);
  }

  @Test
  void firstValueOfAKeyStaysForItsWindow() {
    ExpiringMap<String, String> map = map(10, 100);
    assertThat(map.putIfAbsent("a", "1", 1)).isNull();
    nanos.set(99);
    assertThat(map.putIfAbsent("a", "2", 1)).isEqualTo("1");
    nanos.set(100);
    assertThat(map.putIfAbsent("a", "3", 1)).isNull();
  }

  @Test
  void oldestLeavesWhenThereAreTooMany() {
    ExpiringMap<String, String> map = map(2, 100);
    map.putIfAbsent("a", "1", 1);
    map.putIfAbsent("b", "1", 1);
    map.putIfAbsent("c", "1", 1);
    assertThat(map.putIfAbsent("c", "2", 1)).isEqualTo("1");
    assertThat(map.putIfAbsent("a", "2", 1)).isNull();
  }

  @Test
  void bytesOfEntriesThatLeaveAreFreeForOthers() {
    ExpiringMap<String, String> map = map(10, 100);
    map.putIfAbsent("a", "1", 60);
    map.remove("a", "1");
    map.putIfAbsent("b", "1", 60);
    map.putIfAbsent("c", "1", 39);
    assertThat(map.putIfAbsent("b", "2", 1)).isEqualTo("1");
    map.putIfAbsent("d", "1", 1);
    assertThat(map.putIfAbsent("b", "2", 1)).as("the oldest at 100 bytes").isNull();
  }

  @Test
  void removalOfAnEarlierValueLeavesTheLaterOne() {
    ExpiringMap<String, String> map = map(10, 100);
    map.putIfAbsent("a", "1", 1);
    nanos.set(100);
    map.putIfAbsent("a", "2", 1);
    map.remove("a", "1");
    assertThat(map.putIfAbsent("a", "3", 1)).isEqualTo("2");
    map.remove("a", "2");
    assertThat(map.putIfAbsent("a", "3", 1)).isNull();
  }
}
