package io.pushfanout.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.protocol.v1.PublishResponse;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream of messages, from a client of gRPC's library to the engine and back. */
@Timeout(60)
class PublishTest {
  @Test
  void eachEnvelopeIsOneBroadcastInItsOrder() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      byte[] toAll = Requests.broadcastFromTheFuture();
      publisher.send(
          Envelope.newBuilder().setBroadcast(ByteString.copyFrom(toAll)),
          Envelope.newBuilder()
              .setBroadcastToRoom(ByteString.copyFrom(Requests.broadcastToRoom())));
      assertThat(running.engine.next().request().payload().bytes()).isEqualTo(toAll);
      assertThat(running.engine.next().request().payload().bytes())
          .isEqualTo(Requests.broadcastToRoom());
      // The response comes while the stream is open.
      await().atMost(Duration.ofSeconds(5)).until(() -> publisher.handled() == 2);
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.outcomes()).isEmpty();
    }
  }

  @Test
  void anEmptyStreamEndsWell() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isZero();
    }
  }

  @Test
  void whatIsNotTakenByAllHasItsOutcome() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast());
      await().until(() -> publisher.handled() == 1);
      running.engine.answerWith(FakeEngine.answered(1, 1, "10.0.0.1:50052"));
      publisher.send(broadcast());
      await().until(() -> publisher.handled() == 2);
      running.engine.answerWith(FakeEngine.refused(Reason.REJECTED, "no room", null));
      publisher.send(
          broadcast(), Envelope.newBuilder(), Envelope.newBuilder().setBroadcast(bytes(1)));
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(5);

      List<Outcome> outcomes = publisher.outcomes();
      assertThat(outcomes).extracting(Outcome::getIndex).containsExactly(1L, 2L, 3L, 4L);
      assertThat(outcomes.getFirst().getReply().getCode()).isEqualTo("1");
      assertThat(outcomes.getFirst().getReply().getDroppedNodesList())
          .containsExactly("10.0.0.1:50052");
      assertThat(outcomes.subList(1, 4)).noneMatch(Outcome::hasReply);
      assertThat(outcomes.subList(1, 4))
          .extracting(Outcome::getStatus)
          .containsExactly(
              StatusCode.RESOURCE_EXHAUSTED.number(),
              StatusCode.INVALID_ARGUMENT.number(),
              StatusCode.INVALID_ARGUMENT.number());
      assertThat(outcomes.get(1).getMessage()).isEqualTo("no room");
      assertThat(outcomes.get(2).getMessage()).contains("no request");
      assertThat(running.counted(CallOutcome.INVALID)).isEqualTo(2);
    }
  }

  @Test
  void theNextMessageWaitsWhileTheQueuesHoldOne() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      running.engine.hold();
      publisher.send(broadcast(), broadcast(), broadcast());
      FakeEngine.Taken first = running.engine.next();
      assertThat(running.engine.taken.poll(200, TimeUnit.MILLISECONDS)).isNull();
      publisher.end();
      first.answer().accept(FakeEngine.answered(1, 0));
      running.engine.next().answer().accept(FakeEngine.answered(1, 0));
      assertThat(publisher.ended.isDone()).isFalse();
      running.engine.next().answer().accept(FakeEngine.answered(1, 0));
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(3);
    }
  }

  @Test
  void aHeldStreamSlowsItsCallerAndNoOtherCall() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      running.engine.hold();
      Envelope.Builder large = Envelope.newBuilder().setBroadcast(broadcastOf(100_000));
      for (int i = 0; i < 40; i++) {
        publisher.send(large);
      }
      FakeEngine.Taken held = running.engine.next();
      await().during(Duration.ofMillis(200)).until(() -> !publisher.calls().isReady());
      assertThat(running.memory.held()).isLessThan(2 << 20);

      running.engine.answerWith(FakeEngine.answered(1, 0));
      assertThat(running.call(io.pushfanout.model.Rpc.BROADCAST, Requests.broadcast()).getCode())
          .isEqualTo("0");
      held.answer().accept(FakeEngine.answered(1, 0));
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(40);
      assertThat(running.memory.held()).isZero();
    }
  }

  @Test
  void receiptsComeAsDeliveriesEndAndAThousandMayBePending() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running, "pushfanout-wait", "delivered");
      running.engine.hold();
      for (int i = 0; i < 1001; i++) {
        publisher.send(broadcast());
      }
      FakeEngine.Taken first = running.engine.next();
      assertThat(first.request().receipt()).isTrue();
      requireNonNull(first.request().onEnqueued()).run();
      for (int i = 1; i < 1000; i++) {
        requireNonNull(running.engine.next().request().onEnqueued()).run();
      }
      assertThat(running.engine.taken.poll(200, TimeUnit.MILLISECONDS)).isNull();
      assertThat(publisher.handled()).isZero();

      first.answer().accept(FakeEngine.answered(1, 0));
      assertThat(running.engine.next().request().receipt()).isTrue();
      await().until(() -> publisher.handled() == 1);
      assertThat(publisher.outcomes()).hasSize(1);
      assertThat(publisher.outcomes().getFirst().getReply().getCode()).isEqualTo("0");
    }
  }

  @Test
  void metadataHoldsForTheStreamAndIdsForTheirEnvelopes() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher =
          new Publisher(running, "pushfanout-target", "a/b", "pushfanout-nodes", "10.0.0.1:1");
      publisher.send(broadcast().setMessageId("id-1").addVia("one"), broadcast());
      BroadcastRequest first = running.engine.next().request();
      assertThat(first.target()).isEqualTo(new Target.Named(FanoutName.parse("a/b")));
      assertThat(first.nodes()).hasSize(1);
      assertThat(first.id()).isEqualTo(new MessageId("", "id-1"));
      assertThat(first.payload().via().metadata()).startsWith("one,");
      BroadcastRequest second = running.engine.next().request();
      assertThat(second.id()).isNull();
      assertThat(second.payload().via().metadata()).isNotEmpty().doesNotContain(",");

      publisher.send(broadcast().setMessageId("no blanks"), broadcast().addVia("a,b c"));
      await().until(() -> publisher.handled() == 4);
      assertThat(publisher.outcomes())
          .extracting(Outcome::getStatus)
          .containsOnly(StatusCode.INVALID_ARGUMENT.number());
    }
  }

  @Test
  void aMessageThatGoesInACircleIsRefusedAlone() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast());
      String self = running.engine.next().request().payload().via().metadata();
      publisher.send(broadcast().addVia(self), broadcast());
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.outcomes())
          .singleElement()
          .satisfies(
              outcome ->
                  assertThat(outcome.getStatus())
                      .isEqualTo(StatusCode.FAILED_PRECONDITION.number()));
    }
  }

  @Test
  void aStreamWithoutATargetEndsAtItsStart() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.refuseTargets(new Refused(Reason.UNKNOWN_TARGET, "there is no fanout", null));
      assertThat(new Publisher(running).status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(new Publisher(running, "pushfanout-target", "?").status().getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(new Publisher(running, "pushfanout-message-id", "1").status().getDescription())
          .contains("message_id");
      assertThat(new Publisher(running, "pushfanout-wait", "?").status().getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void aChangeOfAccessCountsForTheNextEnvelopes() throws Exception {
    AtomicReference<Decision> access = new AtomicReference<>(new Decision.Allowed("me"));
    try (RunningServer running =
        new RunningServer((_, _) -> CompletableFuture.completedFuture(access.get()))) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast().setMessageId("1"));
      assertThat(running.engine.next().request().id()).isEqualTo(new MessageId("me", "1"));
      access.set(new Decision.Denied("me", "no more"));
      running.pass(Duration.ofSeconds(2));
      publisher.send(broadcast());
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.outcomes())
          .singleElement()
          .satisfies(
              outcome ->
                  assertThat(outcome.getStatus()).isEqualTo(StatusCode.PERMISSION_DENIED.number()));
      assertThat(new Publisher(running).status().getCode())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void aLimitRefusesOneMessageAndNotTheStream() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.callerRate(4))) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast(), broadcast(), broadcast(), broadcast(), broadcast());
      await().until(() -> publisher.handled() == 5);
      assertThat(publisher.outcomes())
          .singleElement()
          .satisfies(
              outcome ->
                  assertThat(outcome.getStatus())
                      .isEqualTo(StatusCode.RESOURCE_EXHAUSTED.number()));
      running.pass(Duration.ofSeconds(1));
      publisher.send(broadcast());
      await().until(() -> publisher.handled() == 6);
      assertThat(publisher.outcomes()).hasSize(1);
    }
  }

  @Test
  void aStreamIsOneCallInFlight() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.calls(1))) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast(), broadcast(), broadcast());
      await().until(() -> publisher.handled() == 3);
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      Publisher next = new Publisher(running);
      next.end();
      assertThat(next.status().isOk()).isTrue();
    }
  }

  @Test
  void aDrainedConnectionEndsTheStreamWithAllThatWasHandled() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      publisher.send(broadcast(), broadcast());
      running.engine.next();
      running.engine.next();
      running.server.sendAway(Duration.ofSeconds(10));
      assertThat(publisher.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(publisher.handled()).isEqualTo(2);
    }
  }

  @Test
  void aCancelledStreamEndsTheWaitOfItsMessage() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      running.engine.hold();
      publisher.send(broadcast(), broadcast());
      FakeEngine.Taken held = running.engine.next();
      publisher.calls().cancel("no longer", null);
      assertThat(held.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
      await().until(() -> running.memory.held() == 0);
    }
  }

  @Test
  void bytesThatAreNoRequestEndTheStreamAfterWhatWasHandled() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 raw = new RawHttp2(running.server.port())) {
      raw.begin(1, "/pushfanout.v1.Ingest/Publish");
      raw.data(
          1,
          false,
          GrpcReplies.framed(
              PublishRequest.newBuilder().addEnvelopes(broadcast()).build().toByteArray()));
      raw.data(1, false, GrpcReplies.framed(new byte[] {0x0b}));
      raw.flush();
      assertThat(raw.status(1)).startsWith("3 ").contains("PublishRequest");
      assertThat(running.engine.taken).hasSize(1);
    }
  }

  private static Envelope.Builder broadcast() {
    return Envelope.newBuilder().setBroadcast(ByteString.copyFrom(Requests.broadcast()));
  }

  private static ByteString broadcastOf(int size) {
    return io.pushfanout.protocol.BroadCastReq.newBuilder()
        .setProto(io.pushfanout.protocol.Proto.newBuilder().setBody(bytes(size)))
        .build()
        .toByteString();
  }

  private static ByteString bytes(int size) {
    return ByteString.copyFrom(new byte[size]);
  }

  /** A client of one stream. */
  private static final class Publisher
      implements ClientResponseObserver<PublishRequest, PublishResponse> {
    private final List<PublishResponse> responses = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<PublishRequest> calls;

    Publisher(RunningServer running, String... metadata) throws IOException {
      Metadata headers = new Metadata();
      for (int i = 0; i < metadata.length; i += 2) {
        headers.put(
            Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
      }
      var _ =
          IngestGrpc.newStub(running.channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .publish(this);
    }

    ClientCallStreamObserver<PublishRequest> calls() {
      return requireNonNull(calls);
    }

    void send(Envelope.Builder... envelopes) {
      PublishRequest.Builder request = PublishRequest.newBuilder();
      for (Envelope.Builder envelope : envelopes) {
        request.addEnvelopes(envelope);
      }
      calls().onNext(request.build());
    }

    void end() {
      calls().onCompleted();
    }

    long handled() {
      return responses.isEmpty() ? 0 : responses.getLast().getHandled();
    }

    List<Outcome> outcomes() {
      return responses.stream().flatMap(each -> each.getOutcomesList().stream()).toList();
    }

    Status status() {
      return ended.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PublishRequest> stream) {
      calls = stream;
    }

    @Override
    public void onNext(PublishResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable t) {
      ended.complete(Status.fromThrowable(t));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }
}
