package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {
  @ParameterizedTest
  @CsvSource({
    "PT-5S, 0s",
    "PT0.9S, 0s",
    "PT59.9S, 59s",
    "PT1M, 1m",
    "PT59M59S, 59m",
    "PT1H, 1h",
    "PT47H59M, 47h",
    "PT48H, 2d",
  })
  void itIsOneNumberAndItsUnit(Duration age, String text) {
    assertThat(Age.text(age)).isEqualTo(text);
  }
}
