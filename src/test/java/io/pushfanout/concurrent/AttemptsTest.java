package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private final Attempts attempts = new Attempts();
  private final List<String> done = new ArrayList<>();

  @Test
  void eachTaskRunsAndTheFirstFailureIsThrownAtTheEnd() {
    attempts.attempt(() -> done.add("a"));
    attempts.attempt(
        () -> {
          throw new LinkageError("first");
        });
    attempts.attempt(
        () -> {
          throw new IllegalStateException("second");
        });
    attempts.attempt(() -> done.add("b"));

    assertThat(done).containsExactly("a", "b");
    assertThatThrownBy(attempts::end).isInstanceOf(LinkageError.class).hasMessage("first");
  }

  @Test
  void withoutAFailureNothingIsThrown() {
    attempts.attempt(() -> done.add("a"));
    attempts.end();

    assertThat(done).containsExactly("a");
  }
}
