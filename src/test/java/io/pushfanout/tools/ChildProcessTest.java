package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
  private static ChildProcess shell(String script) {
    return ChildProcess.start("shell", Map.of(), List.of("sh", "-c", script));
  }

  @Test
  void aStartThatFailsLeavesNoProcessAndItsMessageHasTheOutput() {
    try (ChildProcess silent = shell("echo out; echo err >&2; exec sleep 60")) {
      assertThatThrownBy(() -> silent.awaitText("ready", Duration.ofMillis(500)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContainingAll("not \"ready\"", "out", "err");
      assertThat(silent.isAlive()).isFalse();
    }
  }

  @Test
  void anEarlyEndIsNoticedAtOnce() {
    try (ChildProcess ended = shell("echo broken; exit 3")) {
      assertThatThrownBy(() -> ended.awaitLine("ready", Duration.ofMinutes(1)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContainingAll("ended without a line \"ready\"", "broken");
    }
  }

  @Test
  void aLineIsFoundAfterAnyAmountOfOutput() {
    try (ChildProcess chatty = shell("seq 100000; echo ready; exec sleep 60")) {
      chatty.awaitLine("ready", Duration.ofMinutes(1));
      assertThat(chatty.isAlive()).isTrue();
    }
  }
}
