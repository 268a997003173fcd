package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A connection that ends in order, and the connection that takes its place. */
class ReplacedConnectionTest {
  private static Rig full(OverflowPolicy policy) {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(1).overflowPolicy(policy), "a");
    rig.sendAll("1", "2");
    return rig;
  }

  @Test
  void heldOffersStayHeldAndMoreMayBe() {
    Rig rig = full(OverflowPolicy.BLOCK);
    Rig.Call before = rig.send("3");
    rig.node("a").leave();
    Rig.Call between = rig.send("4");
    assertThat(before.isHeld()).isTrue();
    assertThat(between.isHeld()).isTrue();

    rig.node("a").connect();
    rig.node("a").answerAll();
    assertThat(before.outcome().code()).isEqualTo(Code.OK);
    assertThat(between.outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("a").delivered()).isEqualTo(4);
  }

  @Test
  void rejectGoesOnVetoing() {
    Rig rig = full(OverflowPolicy.REJECT);
    rig.node("a").leave();
    assertThat(rig.send("3").refusal()).isNotNull();
  }

  @Test
  void theLossOfTheDialEndsTheWait() {
    Rig rig = full(OverflowPolicy.BLOCK);
    Rig.Call held = rig.send("3");
    rig.node("a").leave();
    rig.node("a").refuse();
    assertThat(held.outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(rig.snapshot("a").connected()).isFalse();
  }

  @Test
  void stateAndSlownessStay() {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(2), "a");
    rig.sendAll("1", "2", "3");
    rig.loop.advance(Duration.ofSeconds(6));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.SLOW);
    rig.node("a").leave();
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.SLOW);
    rig.node("a").connect();
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.SLOW);
  }

  @Test
  void streamingSupportHoldsForTheNextConnection() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.send("1");
    ScriptedStream old = rig.node("a").streams.getFirst();
    rig.node("a").leave();
    rig.send("2");
    rig.node("a").connect();
    assertThat(rig.node("a").questions).isEqualTo(1);
    assertThat(rig.node("a").unacknowledged()).as("strict order waits").containsExactly("1");
    old.acknowledge(1);
    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
  }

  @Test
  void callsGoOnWhileTheNextConnectionIsProbed() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").leave();
    rig.node("a").streaming = null;
    rig.node("a").connect();
    rig.send("1");
    assertThat(rig.node("a").questions).isEqualTo(2);
    assertThat(rig.node("a").inFlight).hasSize(1);
  }
}
