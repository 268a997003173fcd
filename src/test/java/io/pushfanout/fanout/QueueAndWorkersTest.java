package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueAndWorkersTest {

  @Test
  void tenDeliveriesAreInFlightByDefaultAndTheRestWaits() {
    Rig rig = Rig.with(s -> s, "a");
    IntStream.range(0, 25).forEach(i -> rig.send("m" + i));

    assertThat(rig.node("a").inFlight).hasSize(10);
    assertThat(rig.ledger("a").inFlight()).isEqualTo(10);
    assertThat(rig.ledger("a").queued()).isEqualTo(15);
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).hasSize(25);
    assertThat(rig.node("a").mostInFlight).isEqualTo(10);
    assertThat(rig.ledger("a").delivered()).isEqualTo(25);
  }

  @Test
  void aBurstIsOneFlush() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").flushes = 0;
    for (int i = 0; i < 5; i++) {
      rig.engine
          .broadcaster()
          .broadcast(
              new BroadcastRequest(
                  Rig.payload("m" + i), new BroadcastRequest.Target.All(), null, Long.MAX_VALUE),
              _ -> {});
    }
    rig.loop.run();
    assertThat(rig.node("a").received).hasSize(5);
    assertThat(rig.node("a").flushes).isEqualTo(1);
    assertThat(rig.node("a").unflushed()).isZero();
  }

  @Test
  void aMessageThatAFreeWorkerTakesNeedsNoRoomInTheQueue() {
    Rig rig = Rig.with(s -> s.workers(2).queueSize(3), "a");
    int accepted = 0;
    for (int i = 0; i < 10; i++) {
      // All messages are offered before the loop can start any of them.
      int[] taken = {0};
      rig.engine
          .broadcaster()
          .broadcast(
              new BroadcastRequest(
                  Rig.payload("m" + i), new BroadcastRequest.Target.All(), null, Long.MAX_VALUE),
              result -> taken[0] = ((BroadcastResult.Answered) result).outcome().accepted());
      accepted += taken[0];
    }
    assertThat(accepted).isEqualTo(5);
    assertThat(rig.ledger("a").queued()).isEqualTo(3);
  }

  @Test
  void fullQueueDropsTheNewestAndCountsIt() {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(2), "a", "b");
    rig.node("b").answerAll();
    rig.sendAll("1", "2", "3");
    rig.node("b").answerAll();

    var outcome = rig.send("4").outcome();

    assertThat(outcome.code()).isEqualTo(Code.PARTIAL);
    assertThat(outcome.accepted()).isEqualTo(1);
    assertThat(outcome.droppedNodes()).containsExactly("a:1");
    assertThat(rig.ledger("a").dropped()).isEqualTo(Map.of(DropReason.QUEUE_FULL, 1L));
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3");
    assertThat(rig.totals.of(Rig.FANOUT).dropped(DropReason.QUEUE_FULL)).isEqualTo(1);
  }

  @Test
  void dropOldestEvictsTheOldestThatWaits() {
    Rig rig =
        Rig.with(s -> s.workers(1).queueSize(2).overflowPolicy(OverflowPolicy.DROP_OLDEST), "a");
    rig.sendAll("1", "2", "3");

    assertThat(rig.send("4").outcome().code()).isEqualTo(Code.OK);

    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "3", "4");
    assertThat(rig.ledger("a").dropped()).containsEntry(DropReason.EVICTED, 1L);
  }

  @Test
  void bytesBoundTheQueueTooAndAMessageLargerThanThatEvictsNothing() {
    Rig rig =
        Rig.with(
            s -> s.workers(1).queueBytes(1024).overflowPolicy(OverflowPolicy.DROP_OLDEST), "a");
    rig.send("in flight");
    rig.send("x".repeat(600));
    rig.send("y".repeat(400));
    assertThat(rig.ledger("a").queuedBytes()).isEqualTo(1000);

    var tooLarge = rig.send("z".repeat(1025)).outcome();
    assertThat(tooLarge.code()).isEqualTo(Code.DROPPED);
    assertThat(rig.ledger("a").dropped()).isEqualTo(Map.of(DropReason.TOO_LARGE, 1L));
    assertThat(rig.ledger("a").queued()).isEqualTo(2);

    rig.send("w".repeat(100));
    assertThat(rig.ledger("a").dropped()).containsEntry(DropReason.EVICTED, 1L);
    assertThat(rig.ledger("a").queuedBytes()).isEqualTo(500);
  }

  @Test
  void messageOlderThanItsTtlExpiresWithinASecondConnectedOrNot() {
    Rig rig = Rig.with(s -> s.workers(1).messageTtl(Duration.ofSeconds(3)), "a", "b");
    rig.node("b").disconnect();
    rig.sendAll("1", "2");

    rig.loop.advance(Duration.ofSeconds(3));
    assertThat(rig.ledger("a").expired()).isZero();
    rig.loop.advance(Duration.ofSeconds(1));

    assertThat(rig.ledger("a").expired()).as("the one that waited").isEqualTo(1);
    assertThat(rig.ledger("b").expired()).isEqualTo(2);
    assertThat(rig.totals.of(Rig.FANOUT).expired()).isEqualTo(3);
    rig.node("b").connect();
    assertThat(rig.node("b").received).isEmpty();
  }

  @Test
  void expiredMessagesLeaveBeforeAnyIsDroppedForRoom() {
    Rig rig =
        Rig.with(
            s ->
                s.workers(1)
                    .queueSize(1)
                    .messageTtl(Duration.ofMillis(50))
                    .overflowPolicy(OverflowPolicy.DROP_OLDEST),
            "a");
    rig.sendAll("1", "2");
    rig.loop.advance(Duration.ofMillis(51));

    assertThat(rig.send("3").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
    assertThat(rig.ledger("a").dropped()).isEmpty();
  }

  @Test
  void ttlOfZeroIsOff() {
    Rig rig = Rig.with(s -> s.workers(1).messageTtl(Duration.ZERO), "a");
    rig.sendAll("1", "2");
    rig.loop.advance(Duration.ofDays(2));
    assertThat(rig.ledger("a").expired()).isZero();
  }

  @Test
  void queueHoldsWhileTheNodeIsNotConnected() {
    Rig rig = new Rig();
    rig.apply(s -> s, "a");
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("a").queued()).isEqualTo(1);

    rig.node("a").connect();
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(1);
  }

  @Test
  void nodeThatDiesLosesOnlyMessagesInFlight() {
    Rig rig = Rig.with(s -> s.workers(2), "a");
    rig.sendAll("1", "2", "3", "4");

    rig.node("a").disconnect();
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 2L));
    assertThat(rig.ledger("a").queued()).isEqualTo(2);

    rig.node("a").connect();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3", "4");
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void unprocessedMessageReturnsToItsPlaceAndUsesNoAttempt() {
    Rig rig = Rig.with(s -> s.workers(3), "a");
    rig.sendAll("1", "2", "3", "4", "5");

    rig.node("a").disconnectUnprocessed();
    assertThat(rig.ledger("a").queued()).isEqualTo(5);
    assertThat(rig.ledger("a").failed()).isEmpty();

    rig.node("a").received.clear();
    rig.node("a").connect();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void refusedDeliveryIsMadeAgainAtOnceThenWithPauses() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.sendAll("1", "2");
    rig.node("a").refuseOne();
    assertThat(rig.node("a").received).containsExactly("1", "1");
    rig.node("a").refuseOne();
    assertThat(rig.node("a").received).as("it keeps its slot").containsExactly("1", "1");
    rig.loop.advance(Duration.ofMillis(130));
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "1", "1", "2");
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void nodeThatAllowsFewerAtATimeGetsFewer() {
    Rig rig = new Rig();
    rig.apply(s -> s.workers(10), "a");
    rig.node("a").connect(3);
    IntStream.range(0, 8).forEach(i -> rig.send("m" + i));
    assertThat(rig.node("a").inFlight).hasSize(3);

    rig.node("a").allow(5);
    assertThat(rig.node("a").inFlight).hasSize(5);
    rig.node("a").allow(1);
    rig.node("a").answerOne();
    assertThat(rig.node("a").inFlight).hasSize(4);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(8);
  }

  @Test
  void connectionThatTakesNoMoreIsWaitedFor() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").available = false;
    rig.sendAll("1", "2");
    assertThat(rig.node("a").received).isEmpty();
    rig.node("a").becomeAvailable();
    assertThat(rig.node("a").received).containsExactly("1", "2");
  }

  @Test
  void deliveryHasTheTimeoutInForceWhenItStarts() {
    Rig rig = Rig.with(s -> s.workers(1).rpcTimeout(Duration.ofSeconds(5)), "a");
    rig.sendAll("1", "2");
    rig.apply(s -> s.workers(1).rpcTimeout(Duration.ofSeconds(7)), "a");
    rig.node("a").answerAll();
    assertThat(rig.node("a").timeouts)
        .containsExactly(Duration.ofSeconds(5).toNanos(), Duration.ofSeconds(7).toNanos());
  }
}
