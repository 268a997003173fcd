package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallLimitsTest {
  private static final String CHECK = "/grpc.health.v1.Health/Check";
  private static final String WATCH = "/grpc.health.v1.Health/Watch";
  private static final String REFLECTION =
      "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  private static final String OLDER_REFLECTION =
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

  private static StatusRuntimeException refusedBy(RunningServer running) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> running.call(Rpc.BROADCAST, Requests.broadcast()));
  }

  private static long retryMillis(StatusRuntimeException refused) throws Exception {
    Status details = requireNonNull(StatusProto.fromThrowable(refused));
    var delay = details.getDetails(0).unpack(RetryInfo.class).getRetryDelay();
    return delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000;
  }

  @Test
  void oneMoreCallThanMayBeInFlightIsRefusedAndTheNextAfterAnEndIsTaken() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.calls(2))) {
      running.engine.hold();
      List<FakeEngine.Taken> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        var call = running.newCall(Rpc.BROADCAST);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(Requests.broadcast());
        call.halfClose();
        held.add(running.engine.next());
      }
      // The second client has a connection of its own: the first client keeps the server's limit of
      // calls.
      try (RawHttp2 other = new RawHttp2(running.server.port())) {
        other.begin(1, Rpc.BROADCAST.path());
        other.flush();
        assertThat(other.status(1)).startsWith("8 ").contains("--max-calls");
      }
      assertThat(running.counted(CallOutcome.LIMITED)).isEqualTo(1);

      held.getFirst().answer().accept(FakeEngine.answered(1, 0));
      running.engine.answerWith(FakeEngine.answered(1, 0));
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
    }
  }

  @Test
  void callerThatIsTooFastGetsTheTimeToWait() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.callerRate(4))) {
      for (int i = 0; i < 4; i++) {
        assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
      }
      StatusRuntimeException refused = refusedBy(running);
      assertThat(refused.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
      assertThat(refused.getStatus().getDescription()).contains("--max-caller-rate");
      assertThat(retryMillis(refused)).as("the clock of the test stands still").isEqualTo(250);
      assertThat(running.counted(CallOutcome.LIMITED)).isEqualTo(1);
      assertThat(running.engine.taken).hasSize(4);
    }
  }

  @Test
  void messageForWhichThereIsNoRoomIsRefusedWhileItArrivesAndTakesNothing() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.memoryBudget(8 << 20))) {
      assertThat(running.memory.tryTake((8 << 20) - 20_000)).isTrue();
      try (RawHttp2 client = new RawHttp2(running.server.port())) {
        client.begin(1, Rpc.BROADCAST.path());
        client.messagePrefix(1, false, 50_000);
        client.data(1, false, new byte[16_000]);
        client.flush();
        await().until(() -> running.memory.held() > (8 << 20) - 10_000);
        client.data(1, false, new byte[16_000]);
        client.flush();
        assertThat(client.status(1)).startsWith("8 ").contains("--memory-budget");
      }
      assertThat(running.counted(CallOutcome.LIMITED)).isEqualTo(1);
      await().until(() -> running.memory.held() == (8 << 20) - 20_000);
    }
  }

  /** A watch has no end, and its caller is not authenticated. */
  @Test
  void streamsOfHealthAndReflectionAreBoundedTogetherAndTakeNoPlaceOfOthers() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.calls(500))) {
      try (RawHttp2 watches = new RawHttp2(running.server.port());
          RawHttp2 questions = new RawHttp2(running.server.port())) {
        for (int stream = 1; stream < 500; stream += 2) {
          watches.begin(stream, WATCH);
          watches.messagePrefix(stream, false, 0);
          watches.data(stream, true);
          questions.begin(stream, stream % 4 == 1 ? REFLECTION : OLDER_REFLECTION);
        }
        watches.flush();
        questions.flush();
        await().until(() -> running.calls(MethodCalls::inFlight) == 500);
        for (String path : List.of(WATCH, REFLECTION, OLDER_REFLECTION)) {
          assertThat(answerTo(running, path))
              .isEqualTo(
                  "8 the caller has its share of the 1000 calls in flight of this server's health"
                      + " and reflection");
        }
        assertThat(answerTo(running, CHECK)).isEqualTo("0");
        assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
        assertThat(running.counted(CallOutcome.LIMITED)).isZero();
      }
      await().until(() -> running.calls(MethodCalls::inFlight) == 0);
      assertThat(answerTo(running, CHECK)).isEqualTo("0");
    }
  }

  private static String answerTo(RunningServer running, String path) throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, path);
      client.messagePrefix(1, false, 0);
      client.data(1, true);
      client.flush();
      return client.status(1);
    }
  }

  @Test
  void wholeMessageIsTransferred() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.hold();
      try (RawHttp2 client = new RawHttp2(running.server.port())) {
        byte[] message = Requests.broadcastOfSize(10_000);
        client.begin(1, Rpc.BROADCAST.path());
        client.messagePrefix(1, false, message.length);
        client.data(1, true, message);
        client.flush();
        running.engine.next();
        await().until(() -> running.memory.held() == 0);
      }
    }
  }

  @Test
  void oneMoreConnectionThanAnAddressMayHaveIsClosedAtOnceAndCounted() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.connections(4))) {
      try (Socket _ = connect(running);
          Socket _ = connect(running)) {
        await().until(() -> running.server.connections() == 2);
        try (Socket third = connect(running)) {
          assertThat(third.getInputStream().read()).as("its end").isEqualTo(-1);
        }
        assertThat(running.server.connectionsRefused()).isEqualTo(1);
      }
      await().until(() -> running.server.connections() == 0);
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
    }
  }

  private static Socket connect(RunningServer running) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void aCallerThatBeginsCallsOnlyToCancelThemIsDisconnected() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      for (int i = 0; i < 20_000; i++) {
        client.begin(2 * i + 1, Rpc.BROADCAST.path());
        client.cancel(2 * i + 1);
      }
      String end;
      try {
        client.flush();
        end = client.status(-1);
      } catch (IOException _) {
        end = "closed";
      }
      assertThat(end).isIn("GOAWAY", "closed");
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
    }
  }

  @Test
  void aConnectionOfAnotherProtocolIsClosed() throws Exception {
    try (RunningServer running = new RunningServer();
        Socket socket = connect(running)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(in.readAllBytes()).hasSizeLessThan(200);
    }
  }
}
