package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntakeGateTest {
  private final IntakeGate gate = new IntakeGate();

  /** Returns the calls of one tick before the first that has to wait. */
  private long admitted(int size, long nanos) {
    return IntStream.range(0, 10_000).takeWhile(_ -> !gate.isUsedUp(size, nanos)).count();
  }

  @Test
  void eachTickAdmitsTheSameNumberOfCalls() {
    assertThat(admitted(100, 0)).isEqualTo(32);
    assertThat(gate.isUsedUp(100, IntakeGate.TICK_NANOS - 1)).isTrue();
    assertThat(admitted(100, IntakeGate.TICK_NANOS)).isEqualTo(32);
  }

  @Test
  void largeMessagesUseUpTheBytesOfATick() {
    assertThat(admitted(64 << 10, 0)).isEqualTo(2);
    assertThat(admitted(64 << 10, IntakeGate.TICK_NANOS)).isEqualTo(2);
  }

  @Test
  void aMessageLargerThanTheBytesOfATickIsAdmittedAndFollowedByAWait() {
    assertThat(gate.isUsedUp(4 << 20, 0)).isTrue();
    assertThat(gate.isUsedUp(1, IntakeGate.TICK_NANOS)).isFalse();
  }

  @Test
  void ticksThatWentByWithoutCallsSaveNothing() {
    assertThat(admitted(100, 0)).isEqualTo(32);
    assertThat(admitted(100, 50 * IntakeGate.TICK_NANOS)).isEqualTo(32);
  }
}
