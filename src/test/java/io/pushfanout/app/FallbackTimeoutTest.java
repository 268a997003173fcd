package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FallbackTimeoutTest {
  private long nanos = Long.MAX_VALUE - 5;

  @ParameterizedTest
  @CsvSource({"false, 1999, false", "false, 2000, true", "true, 499, false", "true, 500, true"})
  void aFailedSourceHasAShorterTimeoutThanASilentOne(boolean failed, long millis, boolean over) {
    FallbackTimeout patience = new FallbackTimeout(() -> nanos);
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);

    assertThat(patience.isOver(failed)).isEqualTo(over);
  }
}
