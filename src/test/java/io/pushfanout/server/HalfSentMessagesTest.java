package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The bytes that a message counts until the end of its request, and the timeout of requests. */
@Timeout(60)
@Isolated("reads the log of all")
class HalfSentMessagesTest {
  private static final int BUDGET = 8 << 20;
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private RunningServer running;
  private RawHttp2 client;
  private LogWatch logs;

  @BeforeEach
  void start() throws IOException {
    logs = new LogWatch();
    running = new RunningServer(SomeLimits.memoryBudget(BUDGET));
    client = new RawHttp2(running.server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    running.close();
    logs.close();
    assertThat(logs.problems()).isEmpty();
  }

  private void begin(int stream, boolean compressed, byte[] message) {
    client.begin(stream, Rpc.BROADCAST.path(), "grpc-encoding", compressed ? "gzip" : "identity");
    client.messagePrefix(stream, compressed, message.length);
  }

  @Test
  void aMessageThatIsNotWholeCountsUntilItsCallerIsGone() throws Exception {
    begin(1, false, new byte[50_000]);
    client.data(1, false, new byte[16_000]);
    client.flush();
    await().until(() -> running.memory.held() == RequestBody.FIRST_BYTES);
    client.close();
    await().until(() -> running.memory.held() == 0);
  }

  @Test
  void aMessageCountsByTheArrayThatHoldsIt() throws Exception {
    begin(1, false, new byte[50_000]);
    for (int i = 0; i < 10; i++) {
      client.data(1, false, new byte[1]);
    }
    client.flush();
    await().until(() -> running.memory.held() == RequestBody.FIRST_BYTES);
    client.data(1, false, new byte[16_000]);
    client.data(1, false, new byte[16_000]);
    client.flush();
    await().until(() -> running.memory.held() == 2 * RequestBody.FIRST_BYTES);
  }

  /** A message is decompressed at the end of the request. */
  @Test
  void aCompressedMessageCountsDecompressedAtTheEndOfTheRequest() throws Exception {
    byte[] message = Requests.broadcastOfSize(1 << 20);
    byte[] compressed = Requests.gzipped(message);
    assertThat(compressed.length).isLessThan(RequestBody.FIRST_BYTES);
    int others = BUDGET - 100_000;
    assertThat(running.memory.tryTake(others)).isTrue();
    for (int stream = 1; stream <= 3; stream += 2) {
      begin(stream, true, compressed);
      client.data(stream, false, compressed);
      client.flush();
    }
    await().until(() -> running.memory.held() == others + 2 * compressed.length);

    client.data(1, true);
    client.flush();
    assertThat(client.status(1)).startsWith("8 ").contains("--memory-budget");
    await().until(() -> running.counted(CallOutcome.LIMITED) == 1);
    await().until(() -> running.memory.held() == others + compressed.length);

    running.memory.giveBack(others);
    client.data(3, true);
    client.flush();
    assertThat(client.status(3)).isEqualTo("0");
    await().until(() -> running.memory.held() == 0);
    assertThat(running.engine.taken).hasSize(1);
  }

  @Test
  void aWholeMessageCountsUntilTheEndOfTheRequest() throws Exception {
    byte[] message = Requests.broadcastOfSize(16_000);
    begin(1, false, message);
    client.data(1, false, message);
    client.flush();
    await().until(() -> running.memory.held() == message.length);
    client.data(1, true);
    client.flush();
    assertThat(client.status(1)).isEqualTo("0");
    await().until(() -> running.memory.held() == 0);
  }

  @Test
  void aSecondMessageEndsTheCall() throws Exception {
    byte[] message = Requests.broadcast();
    begin(1, false, message);
    client.data(1, false, message);
    client.messagePrefix(1, false, 16_000);
    client.flush();
    assertThat(client.status(1)).startsWith("13 ");
    assertThat(running.engine.taken).isEmpty();
  }

  @Test
  void aMessageThatIsNotWholeInTimeEndsItsCallAndGivesBackWhatItHeld() throws Exception {
    begin(1, false, new byte[50_000]);
    client.data(1, false, new byte[16_000]);
    client.flush();
    await().until(() -> running.memory.held() == RequestBody.FIRST_BYTES);
    running.pass(BroadcastGate.INCOMPLETE_TIMEOUT.minus(A_SECOND));
    begin(3, false, new byte[50_000]);
    client.data(3, false, new byte[5_000]);
    client.flush();
    await().until(() -> running.memory.held() == 2 * RequestBody.FIRST_BYTES);

    running.pass(A_SECOND.multipliedBy(2));
    assertThat(client.status(1)).isEqualTo("8 the message was not whole after 1m");
    await().until(() -> running.memory.held() == RequestBody.FIRST_BYTES);
    await().until(() -> running.counted(CallOutcome.LIMITED) == 1);

    running.pass(BroadcastGate.INCOMPLETE_TIMEOUT);
    assertThat(client.status(3)).isEqualTo("8 the message was not whole after 1m");
    await().until(() -> running.memory.held() == 0);
    assertThat(running.engine.taken).isEmpty();
  }

  @Test
  void aCallThatIsHeldMayLastAndOneThatEndedIsNotEndedAgain() throws Exception {
    byte[] message = Requests.broadcast();
    begin(1, false, message);
    client.data(1, true, message);
    client.flush();
    assertThat(client.status(1)).isEqualTo("0");
    running.engine.next();
    running.engine.hold();
    begin(3, false, message);
    client.data(3, true, message);
    client.flush();
    FakeEngine.Taken held = running.engine.next();

    running.pass(BroadcastGate.INCOMPLETE_TIMEOUT.multipliedBy(2));
    begin(5, false, new byte[100]);
    client.flush();
    await().until(() -> running.calls(MethodCalls::started) == 3);
    running.pass(BroadcastGate.INCOMPLETE_TIMEOUT.multipliedBy(2));
    assertThat(client.status(5)).startsWith("8 ");
    held.answer().accept(FakeEngine.answered(1, 0));
    assertThat(client.status(3)).isEqualTo("0");
    await().until(() -> running.counted(CallOutcome.LIMITED) == 1);
  }
}
