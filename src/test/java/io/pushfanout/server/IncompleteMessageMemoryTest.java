package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import io.pushfanout.model.Rpc;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class IncompleteMessageMemoryTest {
  private static final int MIB = 1 << 20;

  /** Bytes of a few of Netty's allocations. */
  private static final int SLACK = 12 * MIB;

  @ParameterizedTest
  @CsvSource({"1, 400, 16384", "5000, 200, 1048576"})
  void anIncompleteMessageTakesAboutTheBytesThatItCounts(int size, int pieces, long counted)
      throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, 4 * MIB);
      client.flush();
      long before = PlatformDependent.usedDirectMemory();
      for (int i = 0; i < pieces; i++) {
        client.data(1, false, new byte[size]);
        for (int j = 0; j < 4; j++) {
          client.unknown(16_000);
        }
        client.flush();
      }
      await().until(() -> running.memory.held() == counted);

      long taken = PlatformDependent.usedDirectMemory() - before;
      System.out.printf(
          "%d pieces of %d bytes count as %d KiB and take %d KiB%n",
          pieces, size, counted >> 10, taken >> 10);
      assertThat(taken).isLessThan(counted + SLACK);
    }
  }
}
