package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.SettingException;
import io.pushfanout.tools.SomeLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  @Test
  void defaultsLeaveRoomForAllCallers() {
    assertThat(Limits.DEFAULT.maxConnections()).isEqualTo(10_000);
    assertThat(Limits.DEFAULT.maxCalls()).isEqualTo(10_000);
    assertThat(Limits.DEFAULT.maxCallerRate()).as("off").isZero();
    assertThat(Limits.DEFAULT.memoryBudget()).isEqualTo(HEAP / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_000_000})
  void countsFromOneToAMillionAreTaken(int count) {
    assertThatCode(() -> SomeLimits.connections(count)).doesNotThrowAnyException();
    assertThatCode(() -> SomeLimits.calls(count)).doesNotThrowAnyException();
    assertThatCode(() -> SomeLimits.callerRate(count)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_000_001})
  void otherCountsAreRefusedByTheNameOfTheirFlag(int count) {
    assertThatThrownBy(() -> SomeLimits.connections(count))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--max-connections");
    assertThatThrownBy(() -> SomeLimits.calls(count))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--max-calls");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000_001})
  void rateMayBeOffAndIsBounded(int rate) {
    assertThatThrownBy(() -> SomeLimits.callerRate(rate)).hasMessageContaining("--max-caller-rate");
  }

  @Test
  void budgetHoldsTwoOfTheLargestMessagesAndNoMoreThanTheHeap() {
    long least = 2L * Limits.DEFAULT_MAX_MESSAGE_SIZE;
    assertThat(SomeLimits.memoryBudget(least).memoryBudget()).isEqualTo(least);
    assertThat(SomeLimits.memoryBudget(HEAP).memoryBudget()).isEqualTo(HEAP);
    for (long wrong : new long[] {0, least - 1, HEAP + 1}) {
      assertThatThrownBy(() -> SomeLimits.memoryBudget(wrong))
          .hasMessageContaining("--memory-budget");
    }
  }
}
