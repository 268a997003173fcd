package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
@Isolated("reads the log of all")
class CancellationTest {
  private static final int CALLS = 1_000;

  private RunningServer running;
  private LogWatch logs;

  @BeforeEach
  void start() throws IOException {
    logs = new LogWatch();
    running = new RunningServer();
  }

  @AfterEach
  void stop() {
    running.close();
    logs.close();
  }

  @Test
  void everyMessageThatArrivedReachesTheEngineOnceThoughItsCallIsCancelledAtOnce()
      throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      for (int i = 0; i < CALLS; i++) {
        byte[] message = numbered(i);
        int stream = 2 * i + 1;
        client.begin(stream, Rpc.BROADCAST.path());
        client.messagePrefix(stream, false, message.length);
        client.data(stream, true, message);
        client.cancel(stream);
        if (i % 100 == 0) {
          client.flush();
        }
      }
      int last = 2 * CALLS + 1;
      client.begin(last, Rpc.BROADCAST.path());
      client.messagePrefix(last, false, 0);
      client.data(last, true);
      client.flush();
      assertThat(client.status(last)).startsWith("3 ");
    }
    assertThat(takenNumbers().cardinality()).isEqualTo(CALLS);
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void callsOfARealClientThatAreCancelledAtOnceReachTheEngineOnceOrNotAtAll() throws Exception {
    for (int i = 0; i < CALLS; i++) {
      ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.request(1);
      call.sendMessage(numbered(i));
      call.halfClose();
      call.cancel("no longer wanted", null);
    }
    // The last call follows the others on the same connection.
    running.call(Rpc.BROADCAST, numbered(CALLS));
    assertThat(takenNumbers().get(CALLS)).isTrue();
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void cancellingAHeldCallRunsTheHookOnce() throws Exception {
    running.engine.hold();
    ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    FakeEngine.Taken held = running.engine.next();
    assertThat(held.hookRuns()).isEmpty();

    call.cancel("no longer wanted", null);
    assertThat(held.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();

    held.answer().accept(FakeEngine.answered(1, 0));
    stillRepliesToOthers();
    assertThat(held.hookRuns()).isEmpty();
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void passingOfTheDeadlineRunsTheHook() throws Exception {
    running.engine.hold();
    ClientCall<byte[], BroadCastReply> call =
        running.channel.newCall(
            RunningServer.method(Rpc.BROADCAST),
            CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS));
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    assertThat(running.engine.next().hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void lossOfTheConnectionRunsTheHook() throws Exception {
    running.engine.hold();
    FakeEngine.Taken held;
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      byte[] message = numbered(1);
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, message.length);
      client.data(1, true, message);
      client.flush();
      held = running.engine.next();
      assertThat(held.hookRuns()).isEmpty();
    }
    assertThat(held.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void heldCallIsAnsweredFromAnyThreadAndRunsNoHook() throws Exception {
    running.engine.hold();
    CompletableFuture<Status> closed = new CompletableFuture<>();
    ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            closed.complete(status);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    FakeEngine.Taken held = running.engine.next();
    held.answer().accept(FakeEngine.answered(1, 0));
    assertThat(closed.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    stillRepliesToOthers();
    assertThat(held.hookRuns()).isEmpty();
  }

  private void stillRepliesToOthers() {
    running.engine.answerWith(FakeEngine.answered(1, 0));
    assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
  }

  /** Returns the calls that reached the engine, and asserts that none came twice. */
  private BitSet takenNumbers() {
    BitSet numbers = new BitSet();
    for (FakeEngine.Taken taken : running.engine.taken) {
      byte[] bytes = taken.request().payload().bytes();
      int number = ByteBuffer.wrap(bytes, bytes.length - 4, 4).getInt();
      assertThat(numbers.get(number)).as("call %d taken twice", number).isFalse();
      numbers.set(number);
    }
    return numbers;
  }

  /** Returns a request with this number as the last bytes, those of its body. */
  private static byte[] numbered(int number) {
    byte[] message = Requests.broadcastOfSize(20);
    ByteBuffer.wrap(message, message.length - 4, 4).putInt(number);
    return message;
  }
}
