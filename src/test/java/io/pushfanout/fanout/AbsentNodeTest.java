package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A node that is away while a proxy keeps its connection up. */
class AbsentNodeTest {
  /** Three answers of the proxy turn the messages in flight into absence. */
  private static Rig absent(UnaryOperator<SettingsBuilder> settings) {
    Rig rig = Rig.with(s -> settings.apply(s.workers(3)), "a");
    rig.sendAll("1", "2", "3", "4", "5", "6");
    for (int i = 0; i < 3; i++) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }
    return rig;
  }

  @Test
  void queueHoldsFromTheThirdAnswerInARowOn() {
    Rig rig = absent(s -> s);
    // Two of the free slots took another message before the third answer.
    assertThat(rig.node("a").inFlight).hasSize(2);
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.send("7");

    assertThat(rig.node("a").inFlight).isEmpty();
    assertThat(rig.ledger("a").queued()).isEqualTo(2);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 5L));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.CONNECTING);
    assertThat(rig.snapshot("a").connected()).isFalse();
  }

  @Test
  void oneDeliveryAtATimeIsTheProbeAndTheFirstSuccessOpensAllWorkers() {
    Rig rig = Rig.with(s -> s.workers(3), "a");
    rig.sendAll("1", "2", "3");
    while (!rig.node("a").inFlight.isEmpty()) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }
    rig.sendAll("4", "5", "6", "7", "8");
    for (int pause : new int[] {100, 200, 400, 800, 1000}) {
      rig.loop.advance(Duration.ofMillis(pause - 1));
      assertThat(rig.node("a").inFlight).as("within %d ms", pause).isEmpty();
      rig.loop.advance(Duration.ofMillis(2));
      assertThat(rig.node("a").inFlight).as("after %d ms", pause).hasSize(1);
      if (pause < 1000) {
        rig.node("a").answer(0, StatusCode.UNAVAILABLE);
      }
    }
    rig.sendAll("9", "10", "11");
    rig.node("a").answerOne();

    assertThat(rig.node("a").inFlight).hasSize(3);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 7L));
    assertThat(rig.ledger("a").delivered()).isEqualTo(4);
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.CONNECTED);
  }

  @Test
  void heldOffersAreDecidedAtOnceAndTheNodeVetoesNothing() {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.BLOCK), "a");
    rig.sendAll("1", "2");
    Rig.Call held = rig.send("3");
    assertThat(held.isHeld()).isTrue();
    for (int i = 0; i < 3; i++) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }

    assertThat(rig.send("4").isHeld()).isFalse();
    rig.apply(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.REJECT), "a");
    rig.send("5");
    assertThat(rig.send("6").outcome().code()).isEqualTo(Code.DROPPED);
  }

  @Test
  void stateIsUnreachableAfterFiveSecondsAndTheProblemNamesTheAnswer() {
    Rig rig = absent(s -> s);
    rig.loop.advance(Duration.ofMillis(5001));

    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.UNREACHABLE);
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(problem -> problem.reason() + " " + problem.message())
        .containsExactly("UNREACHABLE absent behind its connection: UNAVAILABLE");
  }

  @Test
  void aProbeThatIsAnsweredWhileTheConnectionIsReplacedOpensTheQueueOfTheNext() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2", "3", "4", "5", "6");
    while (!rig.node("a").inFlight.isEmpty()) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }
    rig.loop.advance(Duration.ofMillis(101));
    assertThat(rig.node("a").inFlight).as("the probe").hasSize(1);
    rig.node("a").leave();
    rig.node("a").answerOne();
    rig.node("a").connect();
    rig.node("a").answerAll();

    assertThat(rig.ledger("a").delivered()).isEqualTo(3);
  }

  @Test
  void aRetryThatIsDueWhileTheConnectionIsReplacedStartsOnTheNext() {
    Rig rig = Rig.with(s -> s.workers(1).maxAttempts(2), "a");
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.node("a").leave();
    rig.loop.advance(Duration.ofMillis(500));
    assertThat(rig.node("a").inFlight).isEmpty();
    rig.node("a").connect();

    assertThat(rig.node("a").inFlight).hasSize(1);
  }

  @Test
  void retriesOfAnAbsentNodeAreItsProbes() {
    Rig rig = Rig.with(s -> s.workers(3).maxAttempts(3), "a");
    rig.sendAll("1", "2", "3");
    while (!rig.node("a").inFlight.isEmpty()) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }
    rig.loop.advance(Duration.ofMillis(101));
    assertThat(rig.node("a").inFlight).hasSize(1);
    rig.node("a").answerOne();
    rig.loop.advance(Duration.ofSeconds(1));
    rig.node("a").answerAll();

    assertThat(rig.ledger("a").delivered()).isEqualTo(3);
    assertThat(rig.ledger("a").failed()).isEmpty();
  }

  @Test
  void refusedDeliveriesAreASignTooAndCostNothing() {
    Rig rig = Rig.with(s -> s.workers(3), "a");
    rig.sendAll("1", "2", "3");
    rig.node("a").refuseOne();
    rig.node("a").refuseOne();
    assertThat(rig.snapshot("a").connected()).isTrue();
    rig.node("a").refuseOne();
    assertThat(rig.snapshot("a").connected()).isFalse();
    rig.node("a").answerAll();
    rig.loop.advance(Duration.ofSeconds(5));
    rig.node("a").answerAll();

    assertThat(rig.ledger("a").delivered()).isEqualTo(3);
  }

  @Test
  void onAStreamEachUnacknowledgedMessageCounts() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("1", "2", "3");
    rig.node("a").streams.getFirst().endByProxy();
    rig.sendAll("4", "5", "6");

    assertThat(rig.ledger("a").queued()).isEqualTo(3);
    rig.loop.advance(Duration.ofMillis(101));
    assertThat(rig.node("a").unacknowledged()).as("the probe").containsExactly("4");
    rig.node("a").streams.getFirst().endByProxy();
    rig.loop.advance(Duration.ofMillis(201));
    // Two streams have ended without an acknowledgement on this connection.
    assertThat(rig.node("a").inFlight).as("the probe is a call").hasSize(1);
    rig.node("a").answerOne();
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 4L));
    assertThat(rig.node("a").questions).as("asked at once when it is there").isEqualTo(2);
    rig.node("a").answerAll();
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void aStreamingNodeThatComesBackGoesOnByStreams() {
    Rig rig = Rig.streaming(s -> s.workers(2), "a");
    rig.send("x:0");
    rig.node("a").acknowledgeAll();
    rig.sendAll("x:1", "y:1", "x:2", "y:2");
    List.copyOf(rig.node("a").streams).forEach(ScriptedStream::endByProxy);
    rig.sendAll("x:3", "y:3", "x:4");
    rig.loop.advance(Duration.ofMillis(101));
    assertThat(rig.node("a").unacknowledged()).containsExactly("x:3");
    rig.node("a").acknowledgeAll();

    assertThat(rig.ledger("a").delivered()).isEqualTo(4);
    assertThat(rig.snapshot("a").mode()).isEqualTo(TransportMode.STREAMING);
  }

  @Test
  void nodeWithFailedDeliveriesGoesOnAndItsProblemQuotesIt() {
    Rig rig = Rig.with(s -> s.workers(3), "a");
    rig.sendAll("1", "2", "3", "4");
    for (int i = 0; i < 3; i++) {
      rig.node("a").answer(0, StatusCode.INTERNAL);
    }
    assertThat(rig.node("a").inFlight).hasSize(1);
    assertThat(rig.snapshot("a").troubles())
        .containsExactly(new NodeTrouble(ProblemReason.FAILING, "INTERNAL"));

    rig.loop.advance(Duration.ofSeconds(6));
    rig.node("a").answerAll();
    assertThat(rig.snapshot("a").troubles()).isEmpty();
  }
}
