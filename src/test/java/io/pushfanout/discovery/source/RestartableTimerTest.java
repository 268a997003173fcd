package io.pushfanout.discovery.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartableTimerTest {
  private final FakeLoop loop = new FakeLoop();
  private final RestartableTimer timer = new RestartableTimer(loop);
  private int runs;

  @Test
  void aFailedTaskIsRunAgainUntilItSucceeds() {
    timer.set(
        Duration.ofMillis(1),
        () -> {
          if (++runs < 3) {
            throw new LinkageError("on purpose");
          }
        });
    loop.advance(Duration.ofMillis(1));
    assertThat(runs).isEqualTo(1);
    assertThat(timer.isSet()).isTrue();

    loop.advance(RestartableTimer.AGAIN.multipliedBy(10));
    assertThat(runs).isEqualTo(3);
    assertThat(timer.isSet()).isFalse();
  }

  @Test
  void aTaskThatFailsAfterSettingAnotherIsNotRunAgain() {
    timer.set(
        Duration.ofMillis(1),
        () -> {
          runs++;
          timer.set(Duration.ofMillis(5), () -> runs += 10);
          throw new LinkageError("on purpose");
        });
    loop.advance(Duration.ofSeconds(10));

    assertThat(runs).isEqualTo(11);
  }

  @Test
  void aCancelledTaskIsNotRunAgain() {
    timer.set(
        Duration.ofMillis(1),
        () -> {
          runs++;
          throw new LinkageError("on purpose");
        });
    loop.advance(Duration.ofMillis(1));
    timer.cancel();
    loop.advance(Duration.ofSeconds(10));

    assertThat(runs).isEqualTo(1);
  }
}
