package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.netty.buffer.Unpooled;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.SettingException;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.RequestBody.Fault.TooLarge;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@Isolated("reads the log of all")
class MessageSizeTest {
  private static final int LIMIT = 64 << 10;
  private static final String TOO_LARGE =
      "the message is larger than 65536 bytes, the server's --max-message-size";

  private RunningServer running;
  private LogWatch logs;

  @BeforeEach
  void start() throws IOException {
    logs = new LogWatch();
    running = new RunningServer(LIMIT);
  }

  @AfterEach
  void stop() {
    running.close();
    logs.close();
  }

  @Test
  void messageOfTheLimitIsTaken() throws Exception {
    running.call(Rpc.BROADCAST, Requests.broadcastOfSize(LIMIT));
    assertThat(running.engine.next().request().payload().size()).isEqualTo(LIMIT);
  }

  @Test
  void messageOfTheLimitIsTakenEvenIfCompressionMadeItLarger() throws Exception {
    byte[] message = Requests.broadcastOfSize(LIMIT);
    byte[] noise = new byte[LIMIT - 100];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, message, 100, noise.length);
    running.call(CallOptions.DEFAULT.withCompression("gzip"), Rpc.BROADCAST, message);
    assertThat(running.engine.next().request().payload().size()).isEqualTo(LIMIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {LIMIT + 1, LIMIT + 2000, LIMIT + 5000, 1 << 20, 20 << 20})
  void oversizeMessageIsResourceExhaustedAndNamesTheLimit(int size) {
    assertTooLarge(CallOptions.DEFAULT, Requests.broadcastOfSize(size));
  }

  @ParameterizedTest
  @ValueSource(ints = {LIMIT + 1, 20 << 20})
  void messageThatIsOversizeOnlyWhenDecompressedIsRefusedAlike(int size) {
    assertTooLarge(CallOptions.DEFAULT.withCompression("gzip"), Requests.broadcastOfSize(size));
  }

  private void assertTooLarge(CallOptions options, byte[] message) {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> running.call(options, Rpc.BROADCAST, message));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription()).isEqualTo(TOO_LARGE);
    assertThat(running.engine.taken).isEmpty();
    assertThat(running.counted(CallOutcome.LIMITED)).isEqualTo(1);
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void oversizeMessageIsRefusedBeforeItHasArrived() throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, 1 << 30);
      // A client may send at most these bytes before it receives the server's window.
      for (int sent = 0; sent < 65_000; sent += 13_000) {
        client.data(1, false, new byte[13_000]);
      }
      client.flush();
      // The window that the server opens as it reads is enough to exceed its limit.
      client.data(1, false, new byte[16_000]);
      client.flush();
      assertThat(client.status(1)).isEqualTo("8 " + TOO_LARGE);
    }
  }

  /** The budget has room for the limit alone, and refuses a message that takes more. */
  @Test
  void hugePartsOfCompressedMessagesAreNeverMade() throws IOException {
    byte[] bomb = Requests.gzipped(new byte[50 << 20]);
    assertThat(bomb.length).isLessThan(LIMIT);
    MemoryBudget memory = new MemoryBudget(LIMIT);
    RequestBody body =
        new RequestBody(
            LIMIT,
            true,
            new InboundMessageBudget(memory, 1 << 20),
            new InboundMessageBudget.Party("any", null));
    assertThat(body.add(Unpooled.wrappedBuffer(RequestFrames.message(1, bomb)))).isNull();
    assertThat(body.result()).isEqualTo(new RequestBody.Result.Refused(new TooLarge()));
    assertThat(memory.held()).isEqualTo(LIMIT);
    body.release();
    assertThat(memory.held()).isZero();
  }

  @Test
  void wronglyCompressedMessageIsInvalid() throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path(), "grpc-encoding", "gzip");
      client.messagePrefix(1, true, 4);
      client.data(1, true, new byte[4]);
      client.flush();
      assertThat(client.status(1))
          .isEqualTo("3 the message cannot be decompressed: Not in GZIP format");
    }
    assertThat(running.counted(CallOutcome.INVALID)).isEqualTo(1);
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void connectionOutlivesManyOversizeMessages() throws Exception {
    byte[] message = Requests.broadcastOfSize(3 << 20);
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> running.call(Rpc.BROADCAST, message))
          .hasMessageContaining("RESOURCE_EXHAUSTED");
    }
    running.call(Rpc.BROADCAST, Requests.broadcastOfSize(LIMIT));
    assertThat(running.engine.next().request().payload().size()).isEqualTo(LIMIT);
  }

  @Test
  void namesOfOtherServicesAreLimitedTooButAreNoBroadcasts() {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(running.channel);
    for (HealthGrpc.HealthBlockingStub stub : List.of(health, health.withCompression("gzip"))) {
      // The request has exactly the limit with the field's head of three bytes.
      assertThat(checked(stub, 4093)).startsWith("NOT_FOUND");
      for (int tooLong : new int[] {4094, 5_000, 100_000, 60 << 10}) {
        assertThat(checked(stub, tooLong))
            .isEqualTo("RESOURCE_EXHAUSTED: the request is larger than 4096 bytes");
      }
    }
    assertThat(running.counted(CallOutcome.LIMITED)).isZero();
    assertThat(logs.problems()).isEmpty();
  }

  private static String checked(HealthGrpc.HealthBlockingStub health, int name) {
    HealthCheckRequest request =
        HealthCheckRequest.newBuilder().setService("a".repeat(name)).build();
    return String.valueOf(
        catchThrowableOfType(
                StatusRuntimeException.class,
                () -> health.withDeadlineAfter(20, TimeUnit.SECONDS).check(request))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1023, (100 << 20) + 1})
  void limitItselfHasBounds(int bytes) {
    assertThatThrownBy(() -> SomeLimits.messageSize(bytes))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--max-message-size: must be from 1Ki to 100Mi, is ");
  }
}
