package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecentStreamsTest {
  @ParameterizedTest
  @CsvSource({"1, 256", "256, 256", "257, 257", "2000, 2000"})
  void theLastStreamsAreRemembered(int maxStreams, int remembered) {
    RecentStreams streams = new RecentStreams(maxStreams);
    for (int id = 1; id < 20_000; id += 2) {
      streams.add(id);
      int oldest = id - 2 * (remembered - 1);
      assertThat(streams.has(id)).isTrue();
      assertThat(streams.has(Math.max(1, oldest))).isTrue();
      assertThat(streams.has(oldest - 2)).isFalse();
    }
  }

  @Test
  void aRemovedStreamIsForgotten() {
    RecentStreams streams = new RecentStreams(1);
    streams.remove(1);
    IntStream.of(1, 3, 5).forEach(streams::add);
    streams.remove(3);
    assertThat(IntStream.of(1, 3, 5).filter(streams::has)).containsExactly(1, 5);
  }
}
