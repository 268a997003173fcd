package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SignalsTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Signals signals =
      new Signals(() -> events.add("last line"), code -> events.add("halt " + code));

  @Test
  @Timeout(10)
  void theFirstSignalOnlyEndsTheWait() throws Exception {
    signals.receive();

    signals.awaitFirst();
    assertThat(events).isEmpty();
  }

  @Test
  void theSecondEndsTheProcessWithFailureAfterTheLastLine() {
    signals.receive();
    signals.receive();

    assertThat(events).containsExactly("last line", "halt 1");
  }

  @Test
  void furtherOnesChangeNothing() {
    for (int i = 0; i < 5; i++) {
      signals.receive();
    }

    assertThat(events).containsExactly("last line", "halt 1");
  }

  @Test
  void aLastLineThatFailsDoesNotKeepTheProcess() {
    Signals failing =
        new Signals(
            () -> {
              throw new IllegalStateException("expected by the test");
            },
            code -> events.add("halt " + code));
    failing.receive();
    failing.receive();

    assertThat(events).containsExactly("halt 1");
  }
}
