package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.guard.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(60)
@Isolated("reads the log of all")
class PushGrpcServerTest {
  private static final Duration LONG = Duration.ofMinutes(5);

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
  void healthFollowsReadiness() {
    assertHealth(ServingStatus.NOT_SERVING);
    running.server.setReady(true);
    assertHealth(ServingStatus.SERVING);
    running.server.setReady(false);
    assertHealth(ServingStatus.NOT_SERVING);
  }

  @Test
  void healthIsNotServingForGoodOnceNewBroadcastsAreRefused() {
    running.server.setReady(true);
    running.server.refuseNew();
    assertHealth(ServingStatus.NOT_SERVING);
    running.server.setReady(true);
    assertHealth(ServingStatus.NOT_SERVING);
  }

  @Test
  void broadcastsAreTakenBeforeHealthIsServing() throws Exception {
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThat(running.engine.next()).isNotNull();
  }

  @Test
  void serverThatRefusesDoesSoBeforeAnyCheck() {
    running.server.refuseNew();
    // The call is invalid in every way; the server no longer checks it.
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> running.call(Rpc.BROADCAST, new byte[0], "pushfanout-target", "no"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refused.getStatus().getDescription()).isEqualTo("the server is shutting down");
    assertThat(running.counted(CallOutcome.UNAVAILABLE)).isEqualTo(1);
    assertThat(running.counted(CallOutcome.INVALID)).isZero();
  }

  @Test
  void messageThatIsStillArrivingWhenTheServerBeginsToRefuseIsRefused() throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      byte[] message = Requests.broadcast();
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, message.length);
      client.begin(3, "/grpc.health.v1.Health/Check");
      client.messagePrefix(3, false, 0);
      client.data(3, true);
      client.flush();
      // The reply to the later call shows that the earlier call has begun.
      assertThat(client.status(3)).isEqualTo("0");
      running.server.refuseNew();
      client.data(1, true, message);
      client.flush();
      assertThat(client.status(1)).isEqualTo("14 the server is shutting down");
    }
    assertThat(running.engine.taken).isEmpty();
    assertThat(running.counted(CallOutcome.UNAVAILABLE)).isEqualTo(1);
  }

  @Test
  void theEngineKnowsOfACallerThatWaitsForItsDeliveries() throws Exception {
    running.engine.answerWith(FakeEngine.answered(1, 0));
    running.call(Rpc.BROADCAST, Requests.broadcast(), "pushfanout-wait", "delivered");
    assertThat(running.engine.next().request().receipt()).isTrue();
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThat(running.engine.next().request().receipt()).isFalse();

    assertThatThrownBy(
            () -> running.call(Rpc.BROADCAST, Requests.broadcast(), "pushfanout-wait", "enqueued"))
        .hasMessage("INVALID_ARGUMENT: pushfanout-wait: must be delivered");
  }

  @Test
  void closingWaitsForHeldCallsToBeAnswered() throws Exception {
    CompletableFuture<Status> answered = new CompletableFuture<>();
    FakeEngine.Taken held = heldCall(answered);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> running.server.close(LONG));
    assertThat(closed).isNotDone();
    held.answer().accept(FakeEngine.answered(1, 0));
    closed.get(30, TimeUnit.SECONDS);
    assertThat(answered.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    assertThat(held.hookRuns()).isEmpty();
  }

  @Test
  void closingCancelsHeldCallsAtTheDeadline() throws Exception {
    CompletableFuture<Status> answered = new CompletableFuture<>();
    FakeEngine.Taken held = heldCall(answered);
    running.server.close(Duration.ofMillis(50));
    assertThat(answered.get(30, TimeUnit.SECONDS).getCode()).isNotEqualTo(Status.Code.OK);
    assertThat(held.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void closingDoesNotWaitForWatchersOfHealth() {
    Iterator<HealthCheckResponse> watch =
        HealthGrpc.newBlockingStub(running.channel).watch(HealthCheckRequest.getDefaultInstance());
    assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    running.server.close(LONG);
  }

  /** The call leaves before its client receives the GOAWAY, and no mark shows it as unprocessed. */
  @Test
  void callThatCrossesTheGoAwayIsAnswered() throws Exception {
    running.engine.answerWith(FakeEngine.answered(1, 0));
    assertThat(statusOfCallThatCrosses(() -> running.server.sendAway(LONG))).isEqualTo("0");
    assertThat(running.engine.next()).isNotNull();
  }

  @Test
  void callThatCrossesTheCloseIsRefused() throws Exception {
    assertThat(statusOfCallThatCrosses(() -> running.server.close(LONG)))
        .isEqualTo("14 the server is shutting down");
    assertThat(running.engine.taken).isEmpty();
  }

  private String statusOfCallThatCrosses(Runnable ending) throws Exception {
    CompletableFuture<Void> ended;
    String status;
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, "/grpc.health.v1.Health/Check");
      client.messagePrefix(1, false, 0);
      client.data(1, true);
      client.flush();
      assertThat(client.status(1)).isEqualTo("0");
      ended = CompletableFuture.runAsync(ending);
      client.awaitGoodbye();
      byte[] message = Requests.broadcast();
      client.begin(3, Rpc.BROADCAST.path());
      client.messagePrefix(3, false, message.length);
      client.data(3, true, message);
      client.flush();
      status = client.status(3);
    }
    // The server waits for connections that stay open.
    ended.get(30, TimeUnit.SECONDS);
    return status;
  }

  @Test
  void closingDoesNotWaitForConnectionsClosedAfterGoAway() {
    running.engine.answerWith(FakeEngine.answered(1, 0));
    running.call(Rpc.BROADCAST, Requests.broadcast());
    long before = System.nanoTime();
    running.server.sendAway(LONG);
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    System.out.printf("PushGrpcServerTest: callers had gone after %d ms%n", took.toMillis());
    assertThat(took).isLessThan(LONG.dividedBy(2));
  }

  @Test
  void closingTwiceIsHarmless() {
    try (LogWatch logs = new LogWatch()) {
      running.server.close(LONG);
      running.server.close(LONG);
      assertThat(logs.problems()).isEmpty();
    }
  }

  @Test
  void portThatIsTakenIsNamed() {
    int port = running.server.port();
    ServerOptions samePort = new ServerOptions("127.0.0.1", port, Limits.DEFAULT);
    assertThatThrownBy(running.serverOn(samePort)::start)
        .isInstanceOf(IOException.class)
        .hasMessage("cannot listen on 127.0.0.1:%d for gRPC: address already in use", port);
  }

  private FakeEngine.Taken heldCall(CompletableFuture<Status> answered)
      throws InterruptedException {
    running.engine.hold();
    ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            answered.complete(status);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    return running.engine.next();
  }

  private void assertHealth(ServingStatus expected) {
    for (String service : new String[] {"", "protocol.PushServer"}) {
      assertThat(
              HealthGrpc.newBlockingStub(running.channel)
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .as(service)
          .isEqualTo(expected);
    }
  }
}
