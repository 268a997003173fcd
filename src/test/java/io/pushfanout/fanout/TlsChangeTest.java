package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.NodeLog;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A fanout's TLS settings in the engine, and their changes. */
class TlsChangeTest {
  private static final TlsChoice A = new TlsChoice("a", null);
  private static final TlsChoice B = new TlsChoice("b", "node.example");

  @RegisterExtension private final LoggedLines lines = new LoggedLines(NodeLog.class);

  @Test
  void aConnectionHasItsFanoutsTlsSettingsAndIsUpdatedOnlyWhenTheyChange() {
    Rig rig = Rig.with(s -> s.workers(1).tlsProfile("a"), "a");
    rig.sendAll("1", "2");
    rig.apply(s -> s.workers(2).tlsProfile("a"), "a");
    assertThat(rig.node("a").spoken).containsExactly(A);

    rig.apply(s -> s.workers(2).tlsProfile("b").tlsServerName("node.example"), "a");
    rig.apply(s -> s, "a");

    assertThat(rig.node("a").spoken).containsExactly(A, B, TlsChoice.PLAINTEXT);
    assertThat(rig.everOpened).hasSize(1);
    assertThat(rig.ledger("a").enqueued()).isEqualTo(2);
  }

  @Test
  void aNewOwnersChoiceHoldsForTheClientThatGoesOn() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2");
    rig.apply(Rig.fanout(new FanoutName("default", "heir"), s -> s.tlsProfile("a"), "a"));

    assertThat(rig.node("a").spoken).containsExactly(TlsChoice.PLAINTEXT, A);
    rig.node("a").replace();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2");
  }

  @Test
  void aNodeThatComesBackWhileItDrainsGetsTheTlsSettingsOfThatMoment() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2");
    rig.apply(s -> s);
    rig.apply(s -> s.tlsProfile("a"), "a");

    assertThat(rig.everOpened).hasSize(1);
    assertThat(rig.node("a").spoken).containsExactly(TlsChoice.PLAINTEXT, A);
  }

  @Test
  void nodesOfAProfileThatTheServerLacksAreAProblemOfThatNameAndTheirQueuesHold() {
    Rig rig = new Rig();
    rig.apply(s -> s.tlsProfile("gone").messageTtl(Duration.ofMinutes(1)).queueSize(1), "a");
    rig.node("a").lackProfile("gone");

    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.send("2").outcome().code()).as("its bound").isEqualTo(Code.DROPPED);
    assertThat(rig.engine.snapshot().getFirst().problems())
        .containsExactly(
            new Problem(
                "a:1",
                ProblemReason.TLS_PROFILE_MISSING,
                "the server has no TLS profile named gone"));
    rig.loop.advance(Duration.ofSeconds(6));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.UNREACHABLE);
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(Problem::reason)
        .containsExactly(ProblemReason.TLS_PROFILE_MISSING);
    assertThat(rig.ledger("a").queued()).isEqualTo(1);
    rig.loop.advance(Duration.ofMinutes(1));
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
    assertThat(lines.all())
        .containsExactly("WARN a:1: cannot connect: the server has no TLS profile named gone");
  }

  @Test
  void aProfileThatIsThereEndsTheProblem() {
    Rig rig = new Rig();
    rig.apply(s -> s.tlsProfile("gone"), "a");
    rig.node("a").lackProfile("gone");
    rig.send("1");

    rig.apply(s -> s.tlsProfile("a"), "a");
    rig.node("a").replace();

    assertThat(rig.node("a").received).containsExactly("1");
    assertThat(rig.engine.snapshot().getFirst().problems()).isEmpty();
  }

  @Test
  void failureAfterAChangeIsLoggedDuringAnOlderOutage() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").disconnect();
    rig.node("a").refuse();
    rig.node("a").leave();
    rig.node("a").refuse();
    rig.node("a").refuse();

    assertThat(lines.all())
        .containsExactly(
            "INFO a:1: connected",
            "WARN a:1: disconnected: connection reset",
            "INFO a:1: its connection is replaced: max_age",
            "WARN a:1: cannot connect: connection refused");
  }
}
