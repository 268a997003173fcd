package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.posix.Signal;
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
    signals.receive(Signal.TERM);

    assertThat(signals.awaitFirst()).isEqualTo(Signal.TERM);
    assertThat(events).isEmpty();
  }

  @Test
  void theSecondEndsTheProcessWithFailureAfterTheLastLine() {
    signals.receive(Signal.TERM);
    signals.receive(Signal.TERM);

    assertThat(events).containsExactly("last line", "halt 1");
  }

  @Test
  void furtherOnesChangeNothing() {
    for (int i = 0; i < 5; i++) {
      signals.receive(Signal.TERM);
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
    failing.receive(Signal.INT);
    failing.receive(Signal.INT);

    assertThat(events).containsExactly("halt 1");
  }
}
