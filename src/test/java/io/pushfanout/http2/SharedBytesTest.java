package io.pushfanout.http2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pushfanout.http2.Bodies.Output;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A large body is copied out of the heap once, however many connections send it. */
class SharedBytesTest {
  private static final int SIZE = 100_000;

  private final WriteBuffers memory = new WriteBuffers(1 << 20);
  private final byte[] bytes = new byte[SIZE];
  private final SharedBytes shared = new SharedBytes(bytes);

  SharedBytesTest() {
    new Random(1).nextBytes(bytes);
  }

  @Test
  void allConnectionsSendSlicesOfOneCopy() {
    Output one = new Output(memory);
    Output two = new Output(memory);

    send(one, 0, SIZE);
    send(two, 0, 60_000);
    assertThat(memory.taken()).isEqualTo(SIZE);
    assertThat(one.read()).isEqualTo(bytes);
    assertThat(two.read()).isEqualTo(Arrays.copyOf(bytes, 60_000));

    send(two, 60_000, 40_000);
    assertThat(two.read()).isEqualTo(Arrays.copyOfRange(bytes, 60_000, SIZE));
    shared.close();
    assertThat(memory.taken()).isZero();
  }

  @Test
  void theCopyLivesUntilItsLastSliceHasLeft() {
    ByteBuf slice = requireNonNull(shared.slice(memory, ByteBufAllocator.DEFAULT, 5, 10));
    shared.close();
    assertThat(memory.taken()).isEqualTo(SIZE);
    assertThat(slice.readableBytes()).isEqualTo(10);
    assertThat(slice.getByte(0)).isEqualTo(bytes[5]);

    slice.release();
    shared.giveBack();
    assertThat(memory.taken()).isZero();
    assertThat(slice.refCnt()).isZero();
  }

  @Test
  void aStreamThatSendsOnAfterTheUseHasEndedCopiesItsPieces() {
    shared.close();
    Output output = new Output(memory);
    send(output, 0, 1000);
    assertThat(output.read()).isEqualTo(Arrays.copyOf(bytes, 1000));
    assertThat(memory.taken()).isZero();
  }

  @Test
  void eachStreamCopiesItsPiecesWhileMemoryIsScarce() {
    WriteBuffers scarce = new WriteBuffers(SIZE);
    Output output = new Output(scarce);
    output.writer.write(shared, 0, 1000);
    assertThat(scarce.taken()).isLessThan(SIZE / 2);
    output.writer.flush();
    assertThat(output.read()).isEqualTo(Arrays.copyOf(bytes, 1000));
    assertThat(scarce.taken()).isZero();
  }

  @Test
  void theMemoryComesBackFromAConnectionThatBreaks() {
    Output output = new Output(memory);
    output.channel().close();
    send(output, 0, SIZE);
    shared.close();
    assertThat(memory.taken()).isZero();
  }

  private void send(Output output, int offset, int length) {
    output.writer.write(shared, offset, length);
    output.writer.flush();
  }
}
