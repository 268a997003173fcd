package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.pushfanout.audit.AuditRecord;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BroadcastAuditTest {
  private final Records records = new Records();
  private volatile CompletableFuture<Decision> decision =
      CompletableFuture.completedFuture(new Decision.Allowed("token:billing"));
  private @Nullable RunningServer started;

  private static final class Records implements AuditSink {
    private final BlockingQueue<AuditRecord> all = new LinkedBlockingQueue<>();
    private final AtomicLong leftOut = new AtomicLong();

    @Override
    public void add(AuditRecord call) {
      all.add(call);
    }

    @Override
    public void leaveOut() {
      leftOut.incrementAndGet();
    }

    AuditRecord next() throws InterruptedException {
      AuditRecord next = all.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no call was recorded");
      }
      return next;
    }
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
    assertThat(records.all).as("one record for each call").isEmpty();
  }

  private RunningServer serving(Limits limits) throws IOException {
    return serving(limits, (_, _) -> decision);
  }

  private RunningServer serving(Limits limits, @Nullable Authorizer authorizer) throws IOException {
    started = new RunningServer(limits, authorizer, records);
    return started;
  }

  private static String refused(RunningServer running, byte[] message, String... metadata) {
    return String.valueOf(
        catchThrowableOfType(
                StatusRuntimeException.class, () -> running.call(Rpc.BROADCAST, message, metadata))
            .getStatus()
            .getDescription());
  }

  private static String outcome(AuditRecord call) {
    return call.outcome() + " " + call.status();
  }

  @Test
  void aBroadcastIsRecordedWithAllItsFields() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    long before = System.currentTimeMillis();
    byte[] message = Requests.broadcastToRoom();
    running.call(
        Rpc.BROADCAST_TO_ROOM,
        message,
        "pushfanout-target",
        "prod/chat",
        "pushfanout-message-id",
        "id-1");

    AuditRecord call = records.next();
    assertThat(call.endMillis()).isBetween(before, System.currentTimeMillis());
    assertThat(call)
        .isEqualTo(
            new AuditRecord(
                call.endMillis(),
                "token:billing",
                call.address(),
                "BroadcastToRoom",
                "prod/chat",
                "lobby",
                (long) message.length,
                "ok",
                "OK",
                "id-1",
                null,
                true));
    assertThat(call.address()).hasToString("/127.0.0.1");
  }

  @Test
  void eachMessageOfAStreamIsRecordedAndTheStreamOnlyWhenItFails() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    Publisher publisher = new Publisher(running, "pushfanout-target", "prod/chat");
    publisher.send(Publisher.broadcast().setMessageId("id-1"), Envelope.newBuilder());
    publisher.end();
    assertThat(publisher.status().isOk()).isTrue();
    AuditRecord message = records.next();
    assertThat(message.method() + " " + outcome(message)).isEqualTo("Broadcast ok OK");
    assertThat(message.target()).isEqualTo("prod/chat");
    assertThat(message.messageId()).isEqualTo("id-1");
    AuditRecord none = records.next();
    assertThat(none.method() + " " + outcome(none)).isEqualTo("Publish invalid INVALID_ARGUMENT");

    decision = CompletableFuture.completedFuture(new Decision.Denied("token:web", "no right"));
    assertThat(new Publisher(running).status().isOk()).isFalse();
    AuditRecord denied = records.next();
    assertThat(denied.caller()).isEqualTo("token:web");
    assertThat(denied.method() + " " + outcome(denied))
        .isEqualTo("Publish unauthorized PERMISSION_DENIED");
  }

  @Test
  void withoutAccessControlNoCallerIsRecorded() throws Exception {
    RunningServer running = serving(Limits.DEFAULT, null);
    byte[] noRoom =
        BroadCastReq.newBuilder().setProto(Proto.getDefaultInstance()).build().toByteArray();
    running.call(Rpc.BROADCAST, noRoom);

    AuditRecord call = records.next();
    assertThat(call.caller()).isNull();
    assertThat(call.target()).isNull();
    assertThat(call.room()).isNull();
    assertThat(call.bytes()).isEqualTo(noRoom.length);
  }

  @Test
  void theSizeIsThatOfTheRequestBeforeCompression() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    byte[] message = Requests.broadcastOfSize(100_000);
    running.call(CallOptions.DEFAULT.withCompression("gzip"), Rpc.BROADCAST, message);

    assertThat(records.next().bytes()).isEqualTo(message.length);
  }

  @Test
  void outcomesAreThoseOfTheMetrics() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    running.engine.answerWith(FakeEngine.answered(1, 1, "a:1"));
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("partial OK");
    running.engine.answerWith(FakeEngine.answered(0, 1, "a:1"));
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("dropped OK");
    running.engine.answerWith(FakeEngine.answered(0, 0));
    running.call(Rpc.BROADCAST, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("no_nodes OK");

    running.engine.answerWith(FakeEngine.refused(Reason.REJECTED, "a queue is full", null));
    refused(running, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("rejected RESOURCE_EXHAUSTED");
    running.engine.answerWith(FakeEngine.refused(Reason.LIMITED, "the budget", null));
    refused(running, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("limited RESOURCE_EXHAUSTED");
    running.engine.answerWith(FakeEngine.refused(Reason.UNKNOWN_TARGET, "there is none", null));
    refused(running, Requests.broadcast());
    AuditRecord call = records.next();
    assertThat(outcome(call)).isEqualTo("invalid NOT_FOUND");
    assertThat(call.reason()).isEqualTo("there is none");
    assertThat(call.room()).isEqualTo("lobby");
  }

  @Test
  void callersThatMayNotBroadcastAreRecorded() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    decision = CompletableFuture.completedFuture(new Decision.Denied("token:web", "no right"));
    refused(running, Requests.broadcast(), "pushfanout-target", "prod/chat");
    AuditRecord denied = records.next();
    assertThat(outcome(denied)).isEqualTo("unauthorized PERMISSION_DENIED");
    assertThat(denied.caller()).isEqualTo("token:web");
    assertThat(denied.target()).isEqualTo("prod/chat");
    assertThat(denied.reason()).isEqualTo("no right");
    assertThat(denied.bytes()).isNull();

    decision = CompletableFuture.completedFuture(new Decision.Unauthenticated("no token"));
    refused(running, Requests.broadcast(), "authorization", "Bearer secret-token");
    AuditRecord unknown = records.next();
    assertThat(outcome(unknown)).isEqualTo("unauthorized UNAUTHENTICATED");
    assertThat(unknown.caller()).isNull();
    assertThat(unknown.toString()).doesNotContain("secret-token");

    decision = CompletableFuture.completedFuture(new Decision.Unavailable("later"));
    refused(running, Requests.broadcast());
    assertThat(outcome(records.next())).isEqualTo("unavailable UNAVAILABLE");
  }

  @Test
  void aDecisionThatComesLaterHasItsCaller() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    CompletableFuture<Decision> later = new CompletableFuture<>();
    decision = later;
    var call = running.newCall(Rpc.BROADCAST);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(Requests.broadcast());
    call.halfClose();
    await().until(() -> running.calls(MethodCalls::inFlight) == 1);
    later.complete(new Decision.Allowed("token:late"));

    AuditRecord recorded = records.next();
    assertThat(outcome(recorded)).isEqualTo("ok OK");
    assertThat(recorded.caller()).isEqualTo("token:late");
  }

  @Test
  void malformedCallsAreRecordedAsTheyCame() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    refused(running, Requests.broadcast(), "pushfanout-target", "no target");
    AuditRecord target = records.next();
    assertThat(outcome(target)).isEqualTo("invalid INVALID_ARGUMENT");
    assertThat(target.target()).isEqualTo("no target");

    refused(running, new byte[] {1, 2, 3});
    AuditRecord bytes = records.next();
    assertThat(outcome(bytes)).isEqualTo("invalid INVALID_ARGUMENT");
    assertThat(bytes.bytes()).isEqualTo(3);
    assertThat(bytes.room()).isNull();

    refused(running, Requests.broadcast(), "pushfanout-via", "a,b,c,d,e,f,g,h");
    assertThat(outcome(records.next())).isEqualTo("invalid FAILED_PRECONDITION");
  }

  @Test
  void longTextsAreCut() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    byte[] message =
        BroadCastRoomReq.newBuilder()
            .setRoomId("ä".repeat(100_000))
            .setProto(Proto.getDefaultInstance())
            .build()
            .toByteArray();
    running.call(Rpc.BROADCAST_TO_ROOM, message);
    assertThat(records.next().room()).hasSize(AuditRecord.TEXT_MAX).startsWith("ää").endsWith("ä…");

    refused(running, Requests.broadcast(), "pushfanout-message-id", "i".repeat(10_000));
    assertThat(records.next().messageId()).hasSize(AuditRecord.TEXT_MAX);
  }

  @Test
  void callsBeyondALimitAreRecorded() throws Exception {
    RunningServer running = serving(SomeLimits.callerRate(1));
    running.call(Rpc.BROADCAST, Requests.broadcast());
    records.next();
    refused(running, Requests.broadcast());

    AuditRecord call = records.next();
    assertThat(outcome(call)).isEqualTo("limited RESOURCE_EXHAUSTED");
    assertThat(call.caller()).isEqualTo("token:billing");
    assertThat(call.reason()).contains("--max-caller-rate");
  }

  @Test
  void aMessageThatIsTooLargeIsRecorded() throws Exception {
    RunningServer running = serving(SomeLimits.messageSize(1024));
    refused(running, new byte[100_000]);

    AuditRecord call = records.next();
    assertThat(outcome(call)).isEqualTo("limited RESOURCE_EXHAUSTED");
    assertThat(call.reason()).contains("--max-message-size");
    assertThat(call.bytes()).as("it was not whole").isNull();
  }

  @Test
  void aHalfSentCallIsRecordedAtItsEnd() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, 1000);
      client.flush();
      await().until(() -> running.calls(MethodCalls::inFlight) == 1);
      running.pass(BroadcastGate.INCOMPLETE_TIMEOUT.plus(Duration.ofSeconds(1)));

      AuditRecord call = records.next();
      assertThat(outcome(call)).isEqualTo("limited RESOURCE_EXHAUSTED");
      assertThat(call.reason()).startsWith("the message was not whole");
    }
  }

  @Test
  void aCancelledCallIsRecordedOnceItsMessageIsDecided() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    running.engine.hold();
    var held = running.newCall(Rpc.BROADCAST);
    held.start(new ClientCall.Listener<>() {}, new Metadata());
    held.sendMessage(Requests.broadcast());
    held.halfClose();
    FakeEngine.Taken taken = running.engine.next();
    held.cancel("no longer wanted", null);
    await().until(() -> running.calls(MethodCalls::inFlight) == 0);
    assertThat(records.all).as("its message is undecided").isEmpty();
    taken.answer().accept(FakeEngine.answered(1, 1, "a:1"));
    assertThat(outcome(records.next())).isEqualTo("partial CANCELLED");

    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      client.cancel(1);
      client.flush();
      assertThat(outcome(records.next())).isEqualTo("cancelled CANCELLED");
    }
  }

  @Test
  void aServerThatShutsDownRecordsItsRefusals() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    running.server.refuseNew();
    refused(running, Requests.broadcast());

    assertThat(outcome(records.next())).isEqualTo("unavailable UNAVAILABLE");
  }

  @Test
  void onlyBroadcastsAreRecorded() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    assertThat(
            HealthGrpc.newBlockingStub(running.channel)
                .check(HealthCheckRequest.getDefaultInstance()))
        .isNotNull();
    assertThat(records.all).isEmpty();
  }

  @Test
  void refusalsOfOneAddressAreBoundedByTheSecond() throws Exception {
    RunningServer running = serving(Limits.DEFAULT);
    running.server.refuseNew();
    int calls = BroadcastAudit.REFUSALS_PER_SECOND + 100;
    try (RawHttp2 flood = new RawHttp2(running.server.port())) {
      for (int i = 0; i < calls; i++) {
        flood.begin(2 * i + 1, Rpc.BROADCAST.path());
      }
      flood.flush();
      await().until(() -> records.all.size() + records.leftOut.get() == calls);
    }
    assertThat(records.leftOut).as("the clock of the test stands still").hasValue(100);
    List<AuditRecord> written = new ArrayList<>();
    records.all.drainTo(written);
    assertThat(written).hasSize(BroadcastAudit.REFUSALS_PER_SECOND);
  }
}
