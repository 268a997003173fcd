package io.pushfanout.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.tools.SomeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of messages by callers that are slow, vanish, or send what no client of ours sends. */
@Timeout(60)
class HostilePublisherTest {
  private static final String PUBLISH = "/pushfanout.v1.Ingest/Publish";

  @Test
  void aCallerThatDoesNotReadIsNotReadEither() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.answerWith(FakeEngine.answered(0, 100, manyNodes()));
      Publisher publisher = new Publisher(running, false, stub -> stub);
      int messages = 2000;
      publisher.send(Publisher.request(messages));
      publisher.end();
      await()
          .during(Duration.ofMillis(300))
          .until(() -> running.engine.taken.size() < messages - 500);
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("2");

      publisher.read();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(messages);
      assertThat(publisher.outcomes())
          .extracting(Outcome::getIndex)
          .containsExactlyElementsOf(IntStream.range(0, messages).mapToObj(i -> (long) i).toList());
    }
  }

  @Test
  void manyReceiptsAtOnceComeInResponsesThatEachClientTakes() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running, "pushfanout-wait", "delivered");
      List<FakeEngine.Taken> pending = pending(running, publisher, 1000);
      publisher.end();
      BroadcastResult dropped = FakeEngine.answered(0, 100, manyNodes());
      pending.forEach(each -> each.answer().accept(dropped));
      assertThat(publisher.status()).matches(Status::isOk);
      assertThat(publisher.outcomes()).hasSize(1000);
      assertThat(publisher.responses()).allMatch(each -> each.getSerializedSize() < 64 << 10);
    }
  }

  @Test
  void aCancelEndsTheWaitOfAThousandReceipts() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running, "pushfanout-wait", "delivered");
      List<FakeEngine.Taken> pending = pending(running, publisher, 1000);
      publisher.calls().cancel("no longer", null);
      for (FakeEngine.Taken each : pending) {
        assertThat(each.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
      }
      // An outcome after the end has no receiver.
      pending.getFirst().answer().accept(FakeEngine.answered(1, 0));
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
    }
  }

  @Test
  void aDeadlineEndsTheStreamAndTheWaitOfItsMessage() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.hold();
      Publisher publisher =
          new Publisher(running, true, stub -> stub.withDeadlineAfter(500, TimeUnit.MILLISECONDS));
      publisher.send(Publisher.request(2));
      FakeEngine.Taken held = running.engine.next();
      assertThat(publisher.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(held.hookRuns().poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aDrainedStreamEndsWithItsLastReceipt() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running, "pushfanout-wait", "delivered");
      List<FakeEngine.Taken> pending = pending(running, publisher, 2);
      var _ = CompletableFuture.runAsync(() -> running.server.sendAway(Duration.ofSeconds(20)));
      pending.getFirst().answer().accept(FakeEngine.answered(1, 0));
      await().until(() -> publisher.handled() == 1);
      publisher.send(Publisher.broadcast());
      assertThat(publisher.isEnded()).isFalse();
      pending.getLast().answer().accept(FakeEngine.answered(1, 0));
      assertThat(publisher.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(publisher.handled()).isEqualTo(2);
      assertThat(running.engine.taken).isEmpty();
    }
  }

  @Test
  void aMessageThatComesAgainOnAnotherStreamHasTheSameId() throws Exception {
    try (RunningServer running = new RunningServer()) {
      new Publisher(running).send(Publisher.broadcast().setMessageId("1"));
      new Publisher(running).send(Publisher.broadcast().setMessageId("1"));
      BroadcastRequest first = running.engine.next().request();
      BroadcastRequest second = running.engine.next().request();
      assertThat(first.id()).isNotNull().isEqualTo(second.id());
      assertThat(first.payload().bytes()).isEqualTo(second.payload().bytes());
    }
  }

  @Test
  void oneSmallEnvelopeInEachFrameIsNoAbuse() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 raw = new RawHttp2(running.server.port())) {
      // The limit's second does not end, because the server's clock stands still.
      running.engine.hold();
      raw.begin(1, PUBLISH);
      int messages = 10_000;
      for (int i = 0; i < messages; i++) {
        raw.data(1, false, framed(Publisher.request(1)));
      }
      raw.ping();
      raw.flush();
      FakeEngine.Taken held = running.engine.next();
      assertThat(raw.pong()).isEmpty();
      running.engine.answerWith(FakeEngine.answered(1, 0));
      held.answer().accept(FakeEngine.answered(1, 0));
      raw.data(1, true);
      raw.flush();
      assertThat(raw.status(1)).isEqualTo("0");
      assertThat(running.engine.taken).hasSize(messages - 1);
    }
  }

  @Test
  void tinyPiecesOfAnEnvelopeEndTheConnection() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 raw = new RawHttp2(running.server.port())) {
      raw.begin(1, PUBLISH);
      byte[] request = framed(Publisher.request(1000));
      for (byte each : request) {
        raw.data(1, false, each);
      }
      raw.ping();
      raw.flush();
      assertThat(raw.pong()).contains("tiny");
    }
  }

  @Test
  void aCompressedRequestHasAnyNumberOfEnvelopes() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running, true, stub -> stub.withCompression("gzip"));
      publisher.calls().setMessageCompression(true);
      publisher.send(Publisher.request(1000));
      publisher.end();
      assertThat(publisher.status()).extracting(Status::isOk).isEqualTo(true);
      assertThat(publisher.handled()).isEqualTo(1000);
      assertThat(running.memory.held()).isZero();
    }
  }

  @Test
  void whatACompressedRequestInflatesToCountsWhileItWaits() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.hold();
      Publisher publisher = new Publisher(running, true, stub -> stub.withCompression("gzip"));
      publisher.calls().setMessageCompression(true);
      Envelope large = Envelope.newBuilder().setBroadcast(Publisher.broadcastOf(1 << 20)).build();
      publisher.send(PublishRequest.newBuilder().addEnvelopes(large).addEnvelopes(large).build());
      FakeEngine.Taken held = running.engine.next();
      assertThat(running.memory.held()).isGreaterThan(2 << 20);
      running.engine.answerWith(FakeEngine.answered(1, 0));
      held.answer().accept(FakeEngine.answered(1, 0));
      await().until(() -> publisher.handled() == 2);
      assertThat(running.memory.held()).isZero();
    }
  }

  @Test
  void aLastFrameWithTheEndIsEnoughWhileTheIntakePauses() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 raw = new RawHttp2(running.server.port())) {
      running.engine.answerWith(
          new BroadcastResult.Answered(new BroadcastOutcome(1, 0, List.of()), true));
      raw.begin(1, PUBLISH);
      raw.data(1, true, framed(Publisher.request(40)));
      raw.flush();
      assertThat(raw.status(1)).isEqualTo("0");
      assertThat(running.engine.taken).hasSize(40);
    }
  }

  @Test
  void aRequestOfAHundredThousandEnvelopesLetsOtherCallsPass() throws Exception {
    try (RunningServer running = new RunningServer()) {
      Publisher publisher = new Publisher(running);
      publisher.send(Publisher.request(100_000));
      publisher.end();
      assertThat(running.call(Rpc.BROADCAST, Requests.broadcast()).getCode()).isEqualTo("0");
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(100_000);
    }
  }

  @Test
  void requestsWithoutEnvelopesAndUnknownFieldsAreNoFault() throws Exception {
    try (RunningServer running = new RunningServer()) {
      UnknownFieldSet unknown =
          UnknownFieldSet.newBuilder()
              .addField(
                  99,
                  UnknownFieldSet.Field.newBuilder()
                      .addVarint(7)
                      .addLengthDelimited(ByteString.copyFromUtf8("x"))
                      .addFixed32(1)
                      .build())
              .build();
      Publisher publisher = new Publisher(running);
      publisher.send(PublishRequest.getDefaultInstance());
      publisher.send(PublishRequest.newBuilder().setUnknownFields(unknown).build());
      publisher.send(Publisher.broadcast().setUnknownFields(unknown));
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.handled()).isEqualTo(1);
      assertThat(publisher.outcomes()).isEmpty();
    }
  }

  @Test
  void envelopesWithoutAMessageCountInTheRate() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.callerRate(2))) {
      Publisher publisher = new Publisher(running);
      publisher.send(Envelope.newBuilder(), Envelope.newBuilder(), Envelope.newBuilder());
      publisher.end();
      assertThat(publisher.status().isOk()).isTrue();
      assertThat(publisher.outcomes())
          .extracting(Outcome::getStatus)
          .containsExactly(
              StatusCode.INVALID_ARGUMENT.number(),
              StatusCode.INVALID_ARGUMENT.number(),
              StatusCode.RESOURCE_EXHAUSTED.number());
    }
  }

  @Test
  void aStreamThatWasNeverAdmittedHoldsNothing() throws Exception {
    try (RunningServer running = new RunningServer()) {
      running.engine.refuseTargets(new Refused(Reason.UNKNOWN_TARGET, "there is no fanout", null));
      List<Publisher> publishers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        publishers.add(new Publisher(running));
        publishers.getLast().send(Publisher.request(100));
      }
      assertThat(publishers).allMatch(each -> each.status().getCode() == Status.Code.NOT_FOUND);
      await().until(() -> running.memory.held() == 0);
      assertThat(running.engine.taken).isEmpty();
    }
  }

  private static List<FakeEngine.Taken> pending(
      RunningServer running, Publisher publisher, int messages) throws InterruptedException {
    running.engine.hold();
    publisher.send(Publisher.request(messages));
    List<FakeEngine.Taken> pending = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      FakeEngine.Taken next = running.engine.next();
      requireNonNull(next.request().onEnqueued()).run();
      pending.add(next);
    }
    running.engine.answerWith(FakeEngine.answered(1, 0));
    return pending;
  }

  private static String[] manyNodes() {
    return IntStream.range(0, 100)
        .mapToObj(i -> "node-%d.a-connect-node.a-namespace.svc.cluster.local:50052".formatted(i))
        .toArray(String[]::new);
  }

  private static byte[] framed(PublishRequest request) {
    return GrpcReplies.framed(request.toByteArray());
  }
}
