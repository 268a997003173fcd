package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Rpc;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TinyPiecesTest {
  private static final int TINY = TinyPieces.LARGE_ENOUGH - 1;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
  private final TinyPieces pieces = new TinyPieces(clock::get);

  private void assertAsManyAsMayMayCome() {
    for (int i = 0; i < TinyPieces.MAX; i++) {
      assertThat(pieces.mayCome(TINY)).isTrue();
    }
    assertThat(pieces.mayCome(TINY)).isFalse();
  }

  @Test
  void oneMoreThanMayWithinASecondIsTooMany() {
    assertAsManyAsMayMayCome();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1) - 1);
    assertThat(pieces.mayCome(0)).isFalse();
  }

  @Test
  void theNextSecondBeginsAnew() {
    assertAsManyAsMayMayCome();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertAsManyAsMayMayCome();
  }

  @Test
  void largerPiecesDoNotCount() {
    for (int i = 0; i <= TinyPieces.MAX; i++) {
      assertThat(pieces.mayCome(TINY + 1)).isTrue();
    }
    assertAsManyAsMayMayCome();
  }

  @Test
  void whoSendsTooManyIsHungUpOn() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, 4 << 20);
      // The message's prefix was the first one.
      for (int i = 0; i < TinyPieces.MAX; i++) {
        client.data(1, false, (byte) 0);
      }
      client.flush();
      assertThat(client.status(1)).isEqualTo("GOAWAY");
    }
  }
}
