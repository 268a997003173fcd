package io.pushfanout.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.tools.LoggedLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Collectors that are away, or that take spans and never answer. */
class CollectorOutageTest {
  private static final Map<String, String> AT_ONCE =
      Map.of("OTEL_BSP_SCHEDULE_DELAY", "10", "OTEL_EXPORTER_OTLP_TIMEOUT", "800");

  @RegisterExtension final LoggedLines log = new LoggedLines(ExporterLog.class);

  private final AtomicInteger taken = new AtomicInteger();
  private final Broadcasts engine =
      new Broadcasts() {
        @Override
        public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> onResult) {
          taken.incrementAndGet();
          onResult.accept(new BroadcastResult.Answered(BroadcastOutcome.ofAccepted(1, 0, 0)));
          return () -> {};
        }

        @Override
        public BroadcastResult.@Nullable Refused refusal(BroadcastRequest.Target target) {
          return null;
        }
      };

  private void send(Broadcasts traced, int count) {
    for (int i = 0; i < count; i++) {
      var _ =
          traced.broadcast(
              new BroadcastRequest(
                  new Payload(Rpc.BROADCAST, new byte[1]),
                  new BroadcastRequest.Target.All(),
                  null,
                  Long.MAX_VALUE),
              _ -> {});
    }
  }

  @Test
  void absentCollectorCostsOneLine() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    TracingOptions options = new TracingOptions("http://127.0.0.1:" + port, AT_ONCE);
    try (Tracing tracing = Tracing.start(options, System::nanoTime)) {
      send(tracing.around(engine), 5000);
      assertThat(taken).hasValue(5000);
      await().atMost(Duration.ofSeconds(30)).until(() -> !log.all().isEmpty());
    }
    assertThat(log.all().getFirst())
        .startsWith("WARN spans are lost: Failed to export spans. ")
        .doesNotContain("\n");
  }

  @Test
  void silentCollectorHoldsUpTheEndForTwoSeconds() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      TracingOptions options =
          new TracingOptions("http://127.0.0.1:" + silent.getLocalPort(), Map.of());
      Tracing tracing = Tracing.start(options, System::nanoTime);
      send(tracing.around(engine), 1);
      long since = System.nanoTime();
      tracing.close();
      assertThat(Duration.ofNanos(System.nanoTime() - since))
          .isBetween(Duration.ofMillis(1500), Duration.ofMillis(3500));
    }
  }
}
