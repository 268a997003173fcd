package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailureLogTest {
  private static final String FAILED = "ERROR the run failed, and is tried again";
  private static final String WORKS = "INFO the run works again";

  @RegisterExtension private final LoggedLines lines = new LoggedLines(FailureLog.class);
  private final AtomicLong nanos = new AtomicLong(-5);
  private final FailureLog failures = new FailureLog("the run", nanos::get);

  @Test
  void eachClassAndMessageOfAFailureIsLoggedOnce() {
    for (int i = 0; i < 10; i++) {
      failures.failed(new IllegalStateException("a"));
      failures.failed(new IllegalStateException("b"));
      failures.failed(new AssertionError("a"));
    }

    assertThat(lines.all()).containsExactly(FAILED, FAILED, FAILED);
  }

  @Test
  void repeatedFailuresAreOneOutageUntilNothingHasFailedForAWhile() {
    for (int i = 0; i < 100; i++) {
      failures.failed(new IllegalStateException("a"));
      pass(Duration.ofSeconds(5));
      failures.succeeded();
      pass(Duration.ofSeconds(5));
    }
    assertThat(lines.all()).containsExactly(FAILED);

    failures.succeeded();
    pass(FailureLog.RECOVERED_AFTER);
    failures.succeeded();
    failures.succeeded();
    assertThat(lines.all()).containsExactly(FAILED, WORKS);
    failures.failed(new IllegalStateException("a"));
    assertThat(lines.all()).containsExactly(FAILED, WORKS, FAILED);
  }

  @Test
  void aFailureLongAfterTheLastSuccessIsLoggedAgain() {
    failures.failed(new IllegalStateException("a"));
    failures.succeeded();
    pass(Duration.ofHours(1));
    failures.failed(new IllegalStateException("a"));

    assertThat(lines.all()).containsExactly(FAILED, WORKS, FAILED);
  }

  @Test
  void messagesThatDifferEachTimeAreFewLines() {
    for (int i = 0; i < 1000; i++) {
      failures.failed(new IllegalStateException("attempt " + i));
    }

    assertThat(lines.all()).hasSize(FailureLog.LINES_MAX);
  }

  @Test
  void aTaskThatNeverFailedLogsNothing() {
    failures.succeeded();
    pass(FailureLog.RECOVERED_AFTER.multipliedBy(2));
    failures.succeeded();

    assertThat(lines.all()).isEmpty();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
