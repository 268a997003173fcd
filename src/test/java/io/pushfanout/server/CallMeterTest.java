package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.BroadCastReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallMeterTest {
  private static final String PUSH_SERVER = "protocol.PushServer";

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
  void everyMethodOfTheServerIsThereBeforeItIsCalled() {
    assertThat(running.server.calls())
        .extracting(calls -> calls.service() + "/" + calls.method())
        .contains(
            PUSH_SERVER + "/Broadcast",
            PUSH_SERVER + "/BroadcastToRoom",
            HealthGrpc.SERVICE_NAME + "/Check",
            HealthGrpc.SERVICE_NAME + "/Watch",
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            "unknown/unknown");
    assertThat(running.server.calls()).allMatch(calls -> calls.started() == 0);
  }

  @Test
  void callsAreCountedByMethodAndCode() {
    running.call(Rpc.BROADCAST, Requests.broadcast());
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThatThrownBy(() -> running.call(Rpc.BROADCAST, new byte[0]))
        .isInstanceOf(StatusRuntimeException.class);

    awaitCalls(
        new MethodCalls(
            PUSH_SERVER,
            "Broadcast",
            3,
            Map.of(StatusCode.OK, 2L, StatusCode.INVALID_ARGUMENT, 1L)));
    awaitCalls(new MethodCalls(PUSH_SERVER, "BroadcastToRoom", 0, Map.of()));
  }

  @Test
  void callThatIsHeldIsInFlightUntilItsCallerLeaves() throws Exception {
    running.engine.hold();
    ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    running.engine.next();

    assertThat(of(PUSH_SERVER, "Broadcast").inFlight()).isEqualTo(1);
    call.cancel("enough", null);
    awaitCalls(new MethodCalls(PUSH_SERVER, "Broadcast", 1, Map.of(StatusCode.CANCELLED, 1L)));
  }

  @Test
  void namesThatCallersMakeUpAreOneMethod() {
    int before = running.server.calls().size();
    for (String made : List.of("protocol.PushServer/Brodcast", "a.B/c", "a.B/d")) {
      MethodDescriptor<byte[], BroadCastReply> method =
          RunningServer.method(Rpc.BROADCAST).toBuilder().setFullMethodName(made).build();
      assertThatThrownBy(
              () ->
                  ClientCalls.blockingUnaryCall(
                      running.channel, method, CallOptions.DEFAULT, new byte[0]))
          .hasMessageStartingWith("UNIMPLEMENTED");
    }

    awaitCalls(new MethodCalls("unknown", "unknown", 3, Map.of(StatusCode.UNIMPLEMENTED, 3L)));
    assertThat(running.server.calls()).hasSize(before);
  }

  /** The caller receives its reply a moment before the server closes the stream. */
  private void awaitCalls(MethodCalls expected) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(of(expected.service(), expected.method())).isEqualTo(expected));
  }

  private MethodCalls of(String service, String method) {
    return running.server.calls().stream()
        .filter(calls -> calls.service().equals(service) && calls.method().equals(method))
        .findFirst()
        .orElseThrow();
  }
}
