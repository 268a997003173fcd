package io.pushfanout.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.LoggedLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GuardedTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(Guarded.class);

  @Test
  void taskThatFailsIsLoggedAndThrowsNothing() {
    Guarded.run(
            "the task",
            () -> {
              throw new LinkageError("gone");
            })
        .run();

    assertThat(lines.all()).containsExactly("ERROR the task failed");
  }

  @Test
  void taskThatWorksIsNotLogged() {
    Guarded.run("the task", () -> {}).run();

    assertThat(lines.all()).isEmpty();
  }
}
