package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalScheduleTest {
  @Test
  void callsAreDueEvenlyOverTheWholeTime() {
    ArrivalSchedule pace = new ArrivalSchedule(4, Duration.ofSeconds(2));

    assertThat(pace.calls()).isEqualTo(8);
    assertThat(pace.dueNanos(0)).isZero();
    assertThat(pace.dueNanos(1)).isEqualTo(250_000_000);
    assertThat(pace.dueNanos(7)).isEqualTo(1_750_000_000);
  }

  @Test
  void roundingDoesNotAddUpOverADay() {
    ArrivalSchedule pace = new ArrivalSchedule(3, Duration.ofDays(1));

    assertThat(pace.dueNanos(pace.calls())).isEqualTo(Duration.ofDays(1).toNanos());
  }

  @Test
  void refusesARateOfZero() {
    assertThatThrownBy(() -> new ArrivalSchedule(0, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
