package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node, or a proxy in front of it, that reports streaming support and does not stream. */
class UnacknowledgedStreamsTest {
  /** Returns a rig whose streams have timed out twice. */
  private static Rig disproved() {
    Rig rig = Rig.streaming(s -> s.workers(1).rpcTimeout(Duration.ofSeconds(2)), "a");
    rig.send("1");
    rig.loop.advance(Duration.ofMillis(2001));
    rig.send("2");
    rig.loop.advance(Duration.ofMillis(2500));
    return rig;
  }

  @Test
  void afterTwoTimeoutsThereAreCallsAndAProblem() {
    Rig rig = disproved();
    rig.sendAll("3", "4");

    assertThat(rig.node("a").streams).isEmpty();
    assertThat(rig.node("a").inFlight).hasSize(1);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.UNARY);
    assertThat(doubt(rig)).endsWith("; it gets calls");
  }

  @Test
  void modeStreamGetsOneMessageAtATime() {
    Rig rig =
        Rig.streaming(
            s -> s.workers(1).rpcTimeout(Duration.ofSeconds(2)).deliveryMode(DeliveryMode.STREAM),
            "a");
    rig.send("1");
    rig.loop.advance(Duration.ofMillis(2001));
    rig.send("2");
    rig.loop.advance(Duration.ofMillis(2500));
    rig.sendAll("3", "4");

    assertThat(rig.node("a").unacknowledged()).containsExactly("3");
    assertThat(doubt(rig)).endsWith("; it gets one message at a time");
  }

  private static String doubt(Rig rig) {
    return rig.snapshot("a").troubles().stream()
        .filter(trouble -> trouble.reason() == ProblemReason.STREAMS_UNACKNOWLEDGED)
        .map(NodeTrouble::message)
        .findFirst()
        .orElseThrow();
  }

  /**
   * A gateway that refuses bodies without an end replies with an error that does not show absence.
   */
  @Test
  void errorsInPlaceOfAcknowledgementsDisproveStreamingToo() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.send("1");
    rig.node("a").streams.getFirst().end(StatusCode.UNKNOWN);
    rig.loop.advance(Duration.ofSeconds(2));
    rig.send("2");
    rig.node("a").streams.getFirst().end(StatusCode.UNKNOWN);
    rig.sendAll("3", "4");

    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.UNARY);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void refusedStreamOnProbationDisprovesStreamingAgain() {
    Rig rig = disproved();
    rig.loop.advance(Duration.ofMinutes(1));
    rig.send("3");
    rig.loop.advance(Duration.ofMillis(501));
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.UNARY);
    rig.node("a").streams.getFirst().refuse();

    assertThat(doubt(rig)).endsWith("; it gets calls");
  }

  @Test
  void probationOutlivesAReplacedConnection() {
    Rig rig = disproved();
    rig.loop.advance(Duration.ofMinutes(1));
    rig.send("3");
    rig.loop.advance(Duration.ofMillis(501));
    rig.node("a").replace();

    assertThat(doubt(rig)).endsWith("; it gets calls");
    int asked = rig.node("a").questions;
    rig.loop.advance(Duration.ofHours(1));
    assertThat(rig.node("a").questions).isGreaterThan(asked);
  }

  @Test
  void nextSupportedProbeIsOnProbationAndCostsOneMessage() {
    Rig rig = disproved();
    rig.loop.advance(Duration.ofMinutes(1));
    assertThat(rig.node("a").questions).isEqualTo(2);
    rig.sendAll("x:3", "y:4", "z:5");
    assertThat(rig.node("a").unacknowledged()).containsExactly("x:3");
    rig.loop.advance(Duration.ofMillis(501));
    rig.loop.advance(Duration.ofMillis(1500));
    rig.node("a").answerAll();

    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.DEADLINE_EXCEEDED, 3L));
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.UNARY);
  }

  @Test
  void anAcknowledgementBringsStreamsBackAndEndsTheProblem() {
    Rig rig = disproved();
    rig.loop.advance(Duration.ofMinutes(1));
    rig.sendAll("3", "4");
    rig.node("a").acknowledgeAll();

    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.STREAMING);
    assertThat(rig.snapshot("a").troubles())
        .extracting(NodeTrouble::reason)
        .doesNotContain(ProblemReason.STREAMS_UNACKNOWLEDGED);
  }

  @Test
  void acknowledgedStreamsAreNeverDisproved() {
    Rig rig = Rig.streaming(s -> s.workers(1).rpcTimeout(Duration.ofSeconds(2)), "a");
    rig.send("0");
    rig.node("a").acknowledgeAll();
    for (int i = 0; i < 4; i++) {
      rig.send("m" + i);
      rig.loop.advance(Duration.ofSeconds(4));
    }
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.STREAMING);
  }

  @Test
  void inconclusiveProbeIsRepeatedAfterASecondAndThenMoreSeldom() {
    Rig rig = new Rig();
    rig.apply(s -> s.deliveryMode(DeliveryMode.AUTO), "a");
    rig.node("a").streaming = StatusCode.INTERNAL;
    rig.node("a").connect();
    assertThat(rig.node("a").questions).isEqualTo(1);
    rig.loop.advance(Duration.ofMillis(1001));
    assertThat(rig.node("a").questions).isEqualTo(2);
    rig.loop.advance(Duration.ofMillis(1500));
    assertThat(rig.node("a").questions).isEqualTo(2);
    rig.loop.advance(Duration.ofMinutes(10));
    assertThat(rig.node("a").questions).isBetween(15, 25);

    rig.node("a").streaming = StatusCode.OK;
    rig.loop.advance(Duration.ofMillis(60_001));
    rig.send("1");
    assertThat(rig.node("a").unacknowledged()).containsExactly("1");
  }

  @Test
  void theFirstCallThatANodeAnswersAfterAnAbsenceStartsAProbe() {
    Rig rig = new Rig();
    rig.apply(s -> s, "a");
    rig.node("a").streaming = StatusCode.UNAVAILABLE;
    rig.node("a").connect();
    rig.loop.advance(Duration.ofSeconds(20));
    rig.node("a").streaming = StatusCode.OK;
    rig.loop.advance(Duration.ofSeconds(1));
    rig.send("1");
    rig.node("a").answerAll();
    rig.send("2");
    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
  }

  @Test
  void aStreamThatHasBeenQuietForFiveSecondsIsFinished() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.send("1");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    rig.node("a").acknowledgeAll();
    rig.loop.advance(Duration.ofMillis(4990));
    assertThat(stream.finished).isFalse();
    rig.loop.advance(Duration.ofMillis(20));
    assertThat(stream.finished).isTrue();

    rig.send("2");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void aStreamThatWaitsForTheNodeIsNotQuiet() {
    Rig rig = Rig.streaming(s -> s.workers(1).rpcTimeout(Duration.ofSeconds(20)), "a");
    rig.send("1");
    rig.loop.advance(Duration.ofSeconds(8));
    rig.send("2");
    rig.loop.advance(Duration.ofSeconds(4));
    ScriptedStream stream = rig.node("a").streams.getFirst();
    stream.acknowledge(2);
    assertThat(stream.finished).isFalse();
    rig.loop.advance(Duration.ofSeconds(10));
    assertThat(stream.finished).isTrue();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }
}
