package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RepeatedTaskTest {
  private static final Duration PAUSE = Duration.ofMillis(100);

  @RegisterExtension private final LoggedLines lines = new LoggedLines(FailureLog.class);
  private final FakeLoop loop = new FakeLoop();
  private @Nullable Throwable failure;
  private int runs;
  private final Future<?> task = new RepeatedTask("the run", this::run).start(loop, PAUSE, PAUSE);

  private void run() {
    runs++;
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  @Test
  void theTaskRunsRepeatedlyUntilItIsCancelled() {
    runs(3);
    assertThat(runs).isEqualTo(3);

    task.cancel(false);
    runs(3);
    assertThat(runs).isEqualTo(3);
    assertThat(lines.all()).isEmpty();
  }

  @Test
  void theNextRunFollowsAFailureAndTheFailureIsLoggedOnce() {
    failure = new OutOfMemoryError("unable to create native thread");
    runs(50);
    failure = new IllegalStateException("no");
    runs(50);

    assertThat(runs).isEqualTo(100);
    assertThat(lines.all()).hasSize(2).allMatch("ERROR the run failed, and is tried again"::equals);
  }

  @Test
  void aFailureWhoseMessageFailsEndsNothing() {
    failure =
        new NoClassDefFoundError() {
          @Override
          public String getMessage() {
            throw new StackOverflowError();
          }
        };
    runs(5);

    assertThat(runs).isEqualTo(5);
  }

  private void runs(int times) {
    loop.advance(PAUSE.multipliedBy(times));
  }
}
