package io.pushfanout.register;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadyProbeTest {
  private final int port = Ports.free();
  private final ReadyProbe probe =
      new ReadyProbe(new NodeAddress("127.0.0.1", port), Duration.ofSeconds(30));

  @Test
  void theWaitLastsUntilThePortAcceptsAConnection() throws Exception {
    CompletableFuture<Boolean> ready =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return probe.await(new CompletableFuture<>());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    assertThat(ready.completeOnTimeout(false, 300, TimeUnit.MILLISECONDS).get()).isFalse();
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(probe.await(new CompletableFuture<>())).isTrue();
    }
  }

  @Test
  void theWaitEndsWithTheProgram() throws Exception {
    assertThat(probe.await(CompletableFuture.completedFuture(0))).isFalse();
  }
}
