package io.pushfanout.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
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
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.tools.SomeLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
      publisher.send(Publisher.broadcast());
      await().until(() -> publisher.handled() == 1);
      running.engine.answerWith(FakeEngine.answered(1, 1, "10.0.0.1:50052"));
      publisher.send(Publisher.broadcast());
      await().until(() -> publisher.handled() == 2);
      running.engine.answerWith(FakeEngine.refused(Reason.REJECTED, "no room", null));
      publisher.send(
          Publisher.broadcast(),
          Envelope.newBuilder(),
          Envelope.newBuilder().setBroadcast(ByteString.copyFrom(new byte[1])));
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
      publisher.send(Publisher.broadcast(), Publisher.broadcast(), Publisher.broadcast());
      FakeEngine.Taken first = running.engine.next();
      assertThat(running.engine.taken.poll(200, TimeUnit.MILLISECONDS)).isNull();
      publisher.end();
      first.answer().accept(FakeEngine.answered(1, 0));
      running.engine.next().answer().accept(FakeEngine.answered(1, 0));
      assertThat(publisher.isEnded()).isFalse();
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
      Envelope.Builder large = Envelope.newBuilder().setBroadcast(Publisher.broadcastOf(100_000));
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
        publisher.send(Publisher.broadcast());
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
      publisher.send(
          Publisher.broadcast().setMessageId("id-1").addVia("one"), Publisher.broadcast());
      BroadcastRequest first = running.engine.next().request();
      assertThat(first.target()).isEqualTo(new Target.Named(FanoutName.parse("a/b")));
      assertThat(first.nodes()).hasSize(1);
      assertThat(first.id()).isEqualTo(new MessageId("", "id-1"));
      assertThat(first.payload().via().metadata()).startsWith("one,");
      BroadcastRequest second = running.engine.next().request();
      assertThat(second.id()).isNull();
      assertThat(second.payload().via().metadata()).isNotEmpty().doesNotContain(",");

      publisher.send(
          Publisher.broadcast().setMessageId("no blanks"), Publisher.broadcast().addVia("a,b c"));
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
      publisher.send(Publisher.broadcast());
      String self = running.engine.next().request().payload().via().metadata();
      publisher.send(Publisher.broadcast().addVia(self), Publisher.broadcast());
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
      publisher.send(Publisher.broadcast().setMessageId("1"));
      assertThat(running.engine.next().request().id()).isEqualTo(new MessageId("me", "1"));
      access.set(new Decision.Denied("me", "no more"));
      running.pass(Duration.ofSeconds(2));
      publisher.send(Publisher.broadcast());
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
      publisher.send(
          Publisher.broadcast(),
          Publisher.broadcast(),
          Publisher.broadcast(),
          Publisher.broadcast(),
          Publisher.broadcast());
      await().until(() -> publisher.handled() == 5);
      assertThat(publisher.outcomes())
          .singleElement()
          .satisfies(
              outcome ->
                  assertThat(outcome.getStatus())
                      .isEqualTo(StatusCode.RESOURCE_EXHAUSTED.number()));
      running.pass(Duration.ofSeconds(1));
      publisher.send(Publisher.broadcast());
      await().until(() -> publisher.handled() == 6);
      assertThat(publisher.outcomes()).hasSize(1);
    }
  }

  @Test
  void aStreamIsOneCallInFlight() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.calls(1))) {
      Publisher publisher = new Publisher(running);
      publisher.send(Publisher.broadcast(), Publisher.broadcast(), Publisher.broadcast());
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
      publisher.send(Publisher.broadcast(), Publisher.broadcast());
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
      publisher.send(Publisher.broadcast(), Publisher.broadcast());
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
              PublishRequest.newBuilder()
                  .addEnvelopes(Publisher.broadcast())
                  .build()
                  .toByteArray()));
      raw.data(1, false, GrpcReplies.framed(new byte[] {0x0b}));
      raw.flush();
      assertThat(raw.status(1)).startsWith("3 ").contains("PublishRequest");
      assertThat(running.engine.taken).hasSize(1);
    }
  }
}
