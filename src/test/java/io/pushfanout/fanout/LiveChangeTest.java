package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.fanout.FanoutEngine.DrainResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Resizing, retiring, resuming and shutting down, all with messages under way. */
class LiveChangeTest {

  @Test
  void moreWorkersStartAtOnceAndFewerLetCallsFinish() {
    Rig rig = Rig.with(s -> s.workers(2), "a");
    IntStream.range(0, 20).forEach(i -> rig.send("m" + i));
    rig.apply(s -> s.workers(7), "a");
    assertThat(rig.node("a").inFlight).hasSize(7);

    rig.apply(s -> s.workers(3), "a");
    assertThat(rig.node("a").inFlight).hasSize(7);
    IntStream.range(0, 4).forEach(_ -> rig.node("a").answerOne());
    assertThat(rig.node("a").inFlight).hasSize(3);
    rig.node("a").answerOne();
    assertThat(rig.node("a").inFlight).hasSize(3);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(20);
  }

  @Test
  void smallerQueueKeepsWhatItHolds() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    IntStream.range(0, 10).forEach(i -> rig.send("m" + i));
    rig.apply(s -> s.workers(1).queueSize(2).queueBytes(1024), "a");
    assertThat(rig.ledger("a").queued()).isEqualTo(9);
    assertThat(rig.send("more").outcome().code()).isEqualTo(Code.DROPPED);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(10);
  }

  @Test
  void smallerQueueEvictsOneForEachNewMessageAndWorksOffTheRest() {
    Rig rig = Rig.with(s -> s.workers(1).overflowPolicy(OverflowPolicy.DROP_OLDEST), "a");
    IntStream.range(0, 10).forEach(i -> rig.send("m" + i));
    rig.apply(s -> s.workers(1).queueSize(2).overflowPolicy(OverflowPolicy.DROP_OLDEST), "a");

    assertThat(rig.send("new").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("a").dropped()).isEqualTo(Map.of(DropReason.EVICTED, 1L));
    assertThat(rig.ledger("a").queued()).isEqualTo(9);
    IntStream.range(0, 7).forEach(_ -> rig.node("a").answerOne());
    rig.send("newer");
    assertThat(rig.ledger("a").queued()).as("its bound again").isEqualTo(2);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(10);
  }

  @Test
  void sameStateAgainTouchesNothing() {
    Rig rig = Rig.with(s -> s, "a", "b");
    rig.apply(s -> s, "b", "a");
    assertThat(rig.everOpened).hasSize(2);
  }

  @Test
  void retiredNodeDrainsThenCloses() {
    Rig rig = Rig.with(s -> s.workers(1), "a", "b");
    rig.sendAll("1", "2");
    rig.apply(s -> s.workers(1), "b");

    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.RETIRING);
    assertThat(rig.send("3").outcome().nodes()).isEqualTo(1);
    assertThat(rig.node("a").isClosed()).isFalse();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2");
    assertThat(rig.node("a").isClosed()).isTrue();
    assertThat(rig.engine.snapshot().getFirst().nodes()).hasSize(1);
  }

  @Test
  void idleNodeClosesAtOnce() {
    Rig rig = Rig.with(s -> s, "a");
    rig.apply(s -> s);
    assertThat(rig.node("a").isClosed()).isTrue();
  }

  @Test
  void messagesLeftAfterDrainTimeoutAreDroppedAndCallsInFlightFail() {
    Rig rig = Rig.with(s -> s.workers(1).drainTimeout(Duration.ofSeconds(2)), "a");
    rig.sendAll("1", "2", "3");
    rig.apply(s -> s.workers(1));
    rig.loop.advance(Duration.ofMillis(1900));
    assertThat(rig.node("a").isClosed()).isFalse();
    rig.loop.advance(Duration.ofMillis(400));

    assertThat(rig.node("a").isClosed()).isTrue();
    assertThat(rig.totals.of(Rig.FANOUT).dropped(DropReason.RETIRED)).isEqualTo(2);
    assertThat(rig.totals.of(Rig.FANOUT).failed(StatusCode.CANCELLED)).isEqualTo(1);
  }

  @Test
  void nodeThatIsBackWithinItsDrainTimeResumesWithTheSameClient() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2", "3");
    rig.apply(s -> s.workers(1));
    rig.apply(s -> s.workers(1), "a");
    assertThat(rig.send("4").outcome().code()).isEqualTo(Code.OK);
    rig.loop.advance(Duration.ofMinutes(1));
    rig.node("a").answerAll();

    assertThat(rig.everOpened).hasSize(1);
    assertThat(rig.node("a").reconnects).isEqualTo(1);
    assertThat(rig.node("a").received).startsWith("1");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(4);
  }

  @Test
  void nodeThatIsBackAfterItHasClosedGetsANewClient() {
    Rig rig = Rig.with(s -> s, "a");
    rig.apply(s -> s);
    rig.apply(s -> s, "a");
    assertThat(rig.everOpened).hasSize(2);
    rig.node("a").connect();
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.OK);
  }

  @Test
  void newOwnerTakesOverTheClientWithItsQueue() {
    FanoutName heir = new FanoutName("default", "heir");
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2");
    rig.apply(Rig.fanout(heir, s -> s.workers(2), "a"));
    assertThat(rig.everOpened).hasSize(1);
    assertThat(rig.snapshot("a").fanout()).isEqualTo(heir);
    assertThat(rig.node("a").inFlight).hasSize(2);
    rig.node("a").answerAll();
    assertThat(rig.totals.of(heir).delivered()).isEqualTo(2);
    assertThat(rig.totals.of(Rig.FANOUT).enqueued()).isEqualTo(2);
  }

  @Test
  void ofSeveralDesiredStatesTheLatestWins() {
    Rig rig = new Rig();
    CompletableFuture<Void> first = rig.engine.apply(List.of(Rig.fanout(Rig.FANOUT, s -> s, "a")));
    CompletableFuture<Void> second = rig.engine.apply(List.of(Rig.fanout(Rig.FANOUT, s -> s, "b")));
    rig.loop.run();
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(rig.everOpened).as("only the latest was applied").hasSize(1);
    assertThat(rig.snapshot("b").state()).isEqualTo(NodeState.CONNECTING);
  }

  @Test
  void shutdownDrainsEveryQueue() {
    Rig rig = Rig.with(s -> s.workers(1), "a", "b");
    rig.sendAll("1", "2");
    var done = rig.engine.shutdown(Duration.ofSeconds(60));
    rig.loop.run();
    rig.node("a").answerAll();
    assertThat(done).isNotCompleted();
    rig.node("b").answerAll();
    rig.loop.run();
    assertThat(done).isCompletedWithValue(new DrainResult(0, 0));
    assertThat(rig.node("b").received).containsExactly("1", "2");
  }

  @Test
  void shutdownHasOneLimitForAllAndReportsTheRest() {
    Rig rig = Rig.with(s -> s.workers(1), "a", "b");
    rig.sendAll("1", "2", "3");
    assertThat(rig.engine.leftover()).isEqualTo(new DrainResult(4, 2));
    var done = rig.engine.shutdown(Duration.ofSeconds(3));
    rig.loop.run();
    rig.node("b").answerAll();
    rig.loop.advance(Duration.ofMillis(3300));
    assertThat(done).isCompletedWithValue(new DrainResult(2, 1));
    assertThat(rig.totals.of(Rig.FANOUT).dropped(DropReason.SHUTDOWN)).isEqualTo(2);
    assertThat(rig.engine.leftover()).isEqualTo(new DrainResult(2, 1));
  }

  @Test
  void shutdownWaitsFiveSecondsForAnUnreachableNode() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").disconnect();
    rig.loop.advance(Duration.ofMinutes(1));
    rig.apply(s -> s.messageTtl(Duration.ZERO), "a");
    rig.send("1");
    var done = rig.engine.shutdown(Duration.ofSeconds(60));
    rig.loop.advance(Duration.ofMillis(4900));
    assertThat(done).isNotCompleted();
    rig.loop.advance(Duration.ofMillis(400));
    assertThat(done).isCompletedWithValue(new DrainResult(1, 0));
  }

  @Test
  void nodeIsUnreachableAfterFiveSecondsAndAProblem() {
    Rig rig = new Rig();
    rig.apply(s -> s, "a");
    rig.loop.advance(Duration.ofMillis(4999));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.CONNECTING);
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.UNREACHABLE);
    assertThat(rig.snapshot("a").inState()).as("since the loss").isEqualTo(Duration.ofSeconds(5));
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(p -> Map.entry(p.node(), p.reason()))
        .containsExactly(Map.entry("a:1", ProblemReason.UNREACHABLE));
  }

  @Test
  void nodeIsSlowFromHalfFullForFiveSecondsUntilUnderAQuarterForFive() {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(8).messageTtl(Duration.ZERO), "a");
    IntStream.range(0, 5).forEach(i -> rig.send("m" + i));
    rig.loop.advance(Duration.ofMillis(4800));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.CONNECTED);
    rig.loop.advance(Duration.ofMillis(600));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.SLOW);
    assertThat(rig.snapshot("a").inState()).isBetween(seconds(5), seconds(6));

    IntStream.range(0, 2).forEach(_ -> rig.node("a").answerOne());
    rig.loop.advance(Duration.ofSeconds(10));
    assertThat(rig.snapshot("a").state()).as("a quarter is not under it").isEqualTo(NodeState.SLOW);
    rig.node("a").answerOne();
    rig.loop.advance(Duration.ofMillis(5400));
    assertThat(rig.snapshot("a").state()).isEqualTo(NodeState.CONNECTED);
    assertThat(rig.snapshot("a").inState()).isBetween(seconds(5), seconds(6));
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void broadcastDuringAShutdownIsNeverReportedAsOk() {
    for (OverflowPolicy policy : OverflowPolicy.values()) {
      Rig rig = Rig.with(s -> s.overflowPolicy(policy), "a", "b");
      rig.send("b is busy", Rig.addresses("b"));
      // The broadcast is in progress as the process stops: "a" is idle and has closed.
      Routes found = rig.routes();
      rig.engine.shutdown(Duration.ofSeconds(5));
      rig.loop.run();
      Rig.Call late = rig.offerTo(found, "late");
      assertThat(late.outcome().droppedNodes()).as("%s", policy).containsExactly("a:1");
      rig.node("b").answerAll();
      rig.loop.run();
      assertThat(rig.offerTo(found, "later").refusal().reason())
          .as("%s", policy)
          .isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    }
  }

  @Test
  void afterShutdownHasBegunBroadcastsAreUnavailable() {
    Rig rig = Rig.with(s -> s, "a");
    rig.engine.shutdown(Duration.ofSeconds(5));
    assertThat(rig.send("1").refusal().reason()).isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
  }

  @Test
  void desiredStateThatBreaksItsContractFailsAndTheNextOneIsApplied() {
    Rig rig = Rig.with(s -> s, "a");
    var broken =
        rig.engine.apply(
            List.of(Rig.fanout(Rig.FANOUT, s -> s, "a"), Rig.fanout(Rig.FANOUT, s -> s, "b")));
    rig.loop.run();
    assertThat(broken).isCompletedExceptionally();
    assertThat(rig.send("0").outcome().nodes()).as("nothing has changed").isEqualTo(1);
    rig.apply(s -> s, "a", "b");
    assertThat(rig.send("1").outcome().nodes()).isEqualTo(2);
  }
}
