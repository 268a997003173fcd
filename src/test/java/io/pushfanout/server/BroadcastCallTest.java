package io.pushfanout.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BroadcastCallTest {
  private RunningServer running;

  @BeforeEach
  void start() throws IOException {
    running = new RunningServer();
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void bytesReachTheEngineUnchangedWithUnknownFields() throws Exception {
    byte[] sent = Requests.broadcastFromTheFuture();
    running.call(Rpc.BROADCAST, sent);
    Payload taken = running.engine.next().request().payload();
    assertThat(taken.rpc()).isEqualTo(Rpc.BROADCAST);
    assertThat(taken.bytes()).isEqualTo(sent);
  }

  @Test
  void compressedBytesReachTheEngineDecompressed() throws Exception {
    byte[] sent = Requests.broadcastFromTheFuture();
    running.call(CallOptions.DEFAULT.withCompression("gzip"), Rpc.BROADCAST, sent);
    assertThat(running.engine.next().request().payload().bytes()).isEqualTo(sent);
  }

  @Test
  void broadcastToRoomReachesTheEngineAsSuch() throws Exception {
    byte[] sent = Requests.broadcastToRoom();
    running.call(Rpc.BROADCAST_TO_ROOM, sent);
    Payload taken = running.engine.next().request().payload();
    assertThat(taken.rpc()).isEqualTo(Rpc.BROADCAST_TO_ROOM);
    assertThat(taken.bytes()).isEqualTo(sent);
  }

  @Test
  void targetAndNodesReachTheEngine() throws Exception {
    running.call(
        Rpc.BROADCAST,
        Requests.broadcast(),
        "pushfanout-target",
        "prod/chat",
        "pushfanout-nodes",
        "a:1, b:2 , c:3");
    BroadcastRequest taken = running.engine.next().request();
    assertThat(taken.target()).isEqualTo(new Target.Named(new FanoutName("prod", "chat")));
    assertThat(taken.nodes())
        .isEqualTo(
            Set.of(new NodeAddress("a", 1), new NodeAddress("b", 2), new NodeAddress("c", 3)));
  }

  @Test
  void hundredNodesWithTheLongestNamesFitIntoTheMetadata() throws Exception {
    String label = "a".repeat(61);
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      nodes.append(nodes.isEmpty() ? "" : ",").append("n%03d".formatted(i));
      nodes.append(("." + label).repeat(4)).append(":50052");
    }
    running.call(Rpc.BROADCAST, Requests.broadcast(), "pushfanout-nodes", nodes.toString());
    assertThat(running.engine.next().request().nodes()).hasSize(100);
  }

  @Test
  void replyHasTheCountsAndTheNamesOfTheDroppedNodes() {
    running.engine.answerWith(FakeEngine.answered(2, 1, "a:1"));
    assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()))
        .isEqualTo(
            BroadCastReply.newBuilder()
                .setCode("1")
                .setMsg("PARTIAL")
                .setDesc("2 of 3 nodes took the message; 1 dropped it.")
                .setNodes(3)
                .setAccepted(2)
                .setDropped(1)
                .addDroppedNodes("a:1")
                .build());
  }

  @Test
  void deadlineReachesTheEngineOnItsOwnClock() throws Exception {
    running.call(
        CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS),
        Rpc.BROADCAST,
        Requests.broadcast());
    assertThat(running.engine.next().request().deadlineNanos())
        .isGreaterThan(RunningServer.CLOCK)
        .isLessThanOrEqualTo(RunningServer.CLOCK + TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void callWithoutDeadlineWaitsForEver() throws Exception {
    BroadCastReply reply =
        ClientCalls.blockingUnaryCall(
            running.channel,
            RunningServer.method(Rpc.BROADCAST),
            CallOptions.DEFAULT,
            Requests.broadcast());
    assertThat(reply.getCode()).isEqualTo("0");
    assertThat(running.engine.next().request().deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "TARGET_REQUIRED, INVALID_ARGUMENT",
    "UNKNOWN_TARGET, NOT_FOUND",
    "UNAVAILABLE, UNAVAILABLE",
    "REJECTED, RESOURCE_EXHAUSTED"
  })
  void refusalHasItsStatusAndIsLeftToTheEngineToCount(Reason reason, Status.Code code) {
    running.engine.answerWith(FakeEngine.refused(reason, "pushfanout-target: why", null));
    StatusRuntimeException refused = refusal(Rpc.BROADCAST, Requests.broadcast());
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(refused.getStatus().getDescription()).isEqualTo("pushfanout-target: why");
    assertThat(requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList()).isEmpty();
    for (CallOutcome outcome : CallOutcome.values()) {
      assertThat(running.counted(outcome)).isZero();
    }
  }

  @Test
  void rejectedBroadcastCarriesRetryInfo() throws Exception {
    running.engine.answerWith(
        FakeEngine.refused(Reason.REJECTED, "a:1 is full", Duration.ofMillis(1500)));
    StatusRuntimeException refused = refusal(Rpc.BROADCAST, Requests.broadcast());
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    com.google.rpc.Status details = requireNonNull(StatusProto.fromThrowable(refused));
    assertThat(details.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
    assertThat(details.getMessage()).isEqualTo("a:1 is full");
    assertThat(details.getDetails(0).unpack(RetryInfo.class).getRetryDelay())
        .isEqualTo(Durations.fromMillis(1500));
  }

  @Test
  void requestWithoutProtoIsInvalidAndCounted() {
    assertInvalid(refusal(Rpc.BROADCAST, new byte[0]), "proto: missing in BroadCastReq");
  }

  @Test
  void bytesThatDoNotParseAreInvalidAndCounted() {
    assertInvalid(
        refusal(Rpc.BROADCAST, new byte[] {0x0a, 5}),
        "the bytes do not parse as BroadCastReq: proto");
  }

  @Test
  void roomBroadcastWithoutRoomIsInvalidAndCounted() {
    assertInvalid(
        refusal(Rpc.BROADCAST_TO_ROOM, new byte[] {0x12, 0}),
        "roomId: missing in BroadCastRoomReq");
  }

  @Test
  void malformedMetadataIsInvalidAndCounted() {
    assertInvalid(
        refusal(Rpc.BROADCAST, Requests.broadcast(), "pushfanout-nodes", "a:1,"),
        "pushfanout-nodes: an entry is empty; entries are host:port");
  }

  @Test
  void unknownMethodIsUnimplemented() {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    running.channel,
                    RunningServer.method(Rpc.BROADCAST).toBuilder()
                        .setFullMethodName("protocol.PushServer/Multicast")
                        .build(),
                    CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                    new byte[0]));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private void assertInvalid(StatusRuntimeException refused, String message) {
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused.getStatus().getDescription()).isEqualTo(message);
    assertThat(running.engine.taken).isEmpty();
    assertThat(running.counted(CallOutcome.INVALID)).isEqualTo(1);
  }

  private StatusRuntimeException refusal(Rpc rpc, byte[] message, String... metadata) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> running.call(rpc, message, metadata));
  }
}
