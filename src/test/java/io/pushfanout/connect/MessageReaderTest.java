package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
  private static final int MAX = 64 << 10;

  private final MessageReader reader = new MessageReader(MAX);

  private static byte[] prefix(int length) {
    return ByteBuffer.allocate(5).put((byte) 0).putInt(length).array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 300, 5_000})
  void noMoreIsHeldThanHasComeRoundedUp(int piece) throws Exception {
    byte[] message = new byte[MAX];
    new SplittableRandom(piece).nextBytes(message);
    assertThat(reader.next(Unpooled.wrappedBuffer(prefix(MAX)))).isNull();
    for (int at = 0; at < MAX; at += piece) {
      int length = Math.min(piece, MAX - at);
      byte[] whole = reader.next(Unpooled.wrappedBuffer(message, at, length));
      if (at + length < MAX) {
        assertThat(whole).isNull();
        assertThat(reader.heldBytes()).isLessThan(at + length + 4096);
      } else {
        assertThat(whole).isEqualTo(message);
      }
    }
    assertThat(reader.heldBytes()).isZero();
  }

  @Test
  void aLengthAboveTheBoundIsRefusedAtOnce() {
    assertThatThrownBy(() -> reader.next(Unpooled.wrappedBuffer(prefix(MAX + 1))))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("its message of 65537 bytes is too large");
    assertThat(reader.heldBytes()).isZero();
  }
}
