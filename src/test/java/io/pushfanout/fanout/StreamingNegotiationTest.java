package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way in which a node gets its messages: by streams, by calls, or not at all. */
class StreamingNegotiationTest {
  private static Rig only(DeliveryMode mode, StatusCode streaming) {
    Rig rig = new Rig();
    rig.streaming = streaming;
    rig.apply(s -> s.deliveryMode(mode), "a");
    rig.node("a").connect();
    return rig;
  }

  @Test
  void autoStreamsToANodeThatHasStreaming() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.OK);
    rig.sendAll("1", "2");
    assertThat(rig.node("a").unacknowledged()).containsExactly("1", "2");
    assertThat(rig.node("a").inFlight).isEmpty();
    assertThat(rig.ledger("a").inFlight()).isEqualTo(2);
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void autoCallsANodeThatHasNone() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.UNIMPLEMENTED);
    rig.send("1");
    assertThat(rig.node("a").inFlight).hasSize(1);
    assertThat(rig.snapshot("a").troubles()).isEmpty();
  }

  @Test
  void unaryNeverProbes() {
    Rig rig = only(DeliveryMode.UNARY, StatusCode.OK);
    rig.send("1");
    assertThat(rig.node("a").inFlight).hasSize(1);
    assertThat(rig.node("a").questions).isZero();
  }

  @Test
  void streamHoldsTheQueueOfANodeThatHasNoneAndReportsIt() {
    Rig rig = only(DeliveryMode.STREAM, StatusCode.UNIMPLEMENTED);
    rig.sendAll("1", "2");
    assertThat(rig.node("a").received).isEmpty();
    assertThat(rig.ledger("a").queued()).isEqualTo(2);
    assertThat(problems(rig))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.node()).isEqualTo("a:1");
              assertThat(problem.reason()).isEqualTo(ProblemReason.NO_STREAMING);
              assertThat(problem.message()).contains("pushfanout.v1.Delivery");
            });
  }

  @Test
  void messagesWaitForTheAnswer() {
    Rig rig = new Rig();
    rig.apply(s -> s.rpcTimeout(Duration.ofSeconds(2)), "a");
    rig.node("a").streaming = null;
    rig.node("a").connect();
    rig.send("1");
    rig.loop.advance(Duration.ofMillis(499));
    assertThat(rig.node("a").received).isEmpty();

    rig.loop.advance(Duration.ofMillis(2));
    assertThat(rig.node("a").inFlight).as("the queue is held for 500 ms at most").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = StatusCode.class,
      names = {"UNAVAILABLE", "PERMISSION_DENIED", "CANCELLED", "UNKNOWN", "INTERNAL"})
  void anyOtherAnswerIsInconclusive(StatusCode answer) {
    Rig auto = only(DeliveryMode.AUTO, answer);
    auto.send("1");
    assertThat(auto.node("a").inFlight).hasSize(1);

    Rig stream = only(DeliveryMode.STREAM, answer);
    stream.send("1");
    assertThat(stream.node("a").unacknowledged()).containsExactly("1");
  }

  @Test
  void nodeWithoutStreamingIsProbedAgainAfterAMinute() {
    Rig rig = only(DeliveryMode.STREAM, StatusCode.UNIMPLEMENTED);
    rig.node("a").streaming = StatusCode.OK;
    rig.loop.advance(Duration.ofSeconds(59));
    rig.send("1");
    assertThat(rig.node("a").received).isEmpty();
    rig.loop.advance(Duration.ofSeconds(2));

    assertThat(rig.node("a").unacknowledged()).containsExactly("1");
    assertThat(problems(rig)).isEmpty();
  }

  @Test
  void aConnectionWithoutRoomIsProbedWhenItHasSome() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.PERMISSION_DENIED);
    rig.node("a").streaming = StatusCode.OK;
    rig.node("a").available = false;
    rig.loop.advance(Duration.ofMillis(3_500));
    assertThat(rig.node("a").questions).isEqualTo(1);
    rig.node("a").becomeAvailable();
    rig.loop.advance(Duration.ofMillis(1_001));

    assertThat(rig.node("a").questions).isEqualTo(2);
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.STREAMING);
  }

  @Test
  void inconclusiveProbeIsRepeatedAfterTheModeWasUnaryMeanwhile() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.PERMISSION_DENIED);
    rig.apply(s -> s.deliveryMode(DeliveryMode.UNARY), "a");
    rig.loop.advance(Duration.ofMinutes(5));
    rig.node("a").streaming = StatusCode.OK;
    rig.apply(s -> s.deliveryMode(DeliveryMode.AUTO), "a");

    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.STREAMING);
  }

  @Test
  void eachConnectionIsProbedAgain() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.UNIMPLEMENTED);
    rig.node("a").streaming = StatusCode.OK;
    rig.send("1");
    assertThat(rig.node("a").inFlight).hasSize(1);
    rig.node("a").answerAll();
    rig.node("a").replace();
    rig.send("2");
    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
    assertThat(rig.node("a").questions).isEqualTo(2);

    rig.node("a").acknowledgeAll();
    rig.node("a").streaming = StatusCode.UNIMPLEMENTED;
    rig.node("a").disconnect();
    rig.node("a").connect();
    rig.send("3");
    assertThat(rig.node("a").inFlight).hasSize(1);
  }

  @Test
  void aStreamThatIsAnsweredUnimplementedUsesNoAttempt() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.OK);
    rig.sendAll("1", "2", "3");
    rig.node("a").streams.getFirst().end(StatusCode.UNIMPLEMENTED);
    assertThat(rig.node("a").received).containsExactly("1", "2", "3", "1", "2", "3");
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(3);
    assertThat(rig.ledger("a").failed()).isEmpty();
  }

  @Test
  void aChangeOfModeHoldsFromTheNextDeliveryAndLosesNothing() {
    Rig rig = only(DeliveryMode.UNARY, StatusCode.OK);
    rig.sendAll("1", "2");
    rig.apply(s -> s.deliveryMode(DeliveryMode.STREAM), "a");
    rig.sendAll("3", "4");
    assertThat(rig.node("a").received)
        .as("what follows a call may be of its room")
        .containsExactly("1", "2");
    rig.node("a").answerAll();
    assertThat(rig.node("a").unacknowledged()).containsExactly("3", "4");

    rig.apply(s -> s.workers(2).deliveryMode(DeliveryMode.UNARY), "a");
    rig.sendAll("5", "6", "7");
    assertThat(rig.node("a").inFlight).as("the streams have both places").isEmpty();
    rig.node("a").acknowledgeAll();
    assertThat(rig.node("a").inFlight).hasSize(2);
    assertThat(rig.node("a").streams).as("finished").isEmpty();
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(7);
    assertThat(rig.node("a").received).doesNotHaveDuplicates().hasSize(7);
  }

  @Test
  void callsInRetryBackoffDoNotHoldUpTheStreams() {
    Rig rig = new Rig();
    rig.streaming = StatusCode.OK;
    rig.apply(
        s ->
            s.deliveryMode(DeliveryMode.UNARY)
                .maxAttempts(3)
                .initialBackoff(Duration.ofMinutes(5))
                .maxBackoff(Duration.ofMinutes(5)),
        "a");
    rig.node("a").connect();
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.apply(s -> s.deliveryMode(DeliveryMode.AUTO).maxAttempts(3), "a");
    assertThat(rig.node("a").unacknowledged()).containsExactly("1");
  }

  @Test
  void autoThatBecomesStreamHoldsAndReportsIt() {
    Rig rig = only(DeliveryMode.AUTO, StatusCode.UNIMPLEMENTED);
    rig.apply(s -> s.deliveryMode(DeliveryMode.STREAM), "a");
    rig.send("1");
    assertThat(rig.node("a").received).isEmpty();
    assertThat(problems(rig))
        .extracting(Problem::reason)
        .containsExactly(ProblemReason.NO_STREAMING);

    rig.apply(s -> s.deliveryMode(DeliveryMode.AUTO), "a");
    assertThat(rig.node("a").received).containsExactly("1");
    assertThat(problems(rig)).isEmpty();
  }

  private static List<Problem> problems(Rig rig) {
    return rig.engine.snapshot().getFirst().problems();
  }

  @Test
  void unansweredProbeEndsOnADrainingConnectionToo() {
    Rig rig = new Rig();
    rig.streaming = null;
    rig.apply(s -> s.rpcTimeout(Duration.ofSeconds(2)), "a");
    rig.node("a").connect();
    rig.node("a").leave();
    assertThat(rig.node("a").questionsReset).isZero();
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.node("a").questionsReset).isEqualTo(1);
  }
}
