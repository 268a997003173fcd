package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The policy Block with one worker and room for one: "1" is in flight, "2" is queued, the third is
 * held.
 */
class BlockPolicyTest {
  private final Rig rig =
      Rig.with(
          s ->
              s.workers(1)
                  .queueSize(1)
                  .overflowPolicy(OverflowPolicy.BLOCK)
                  .blockTimeout(Duration.ofSeconds(2)),
          "a");

  BlockPolicyTest() {
    rig.sendAll("1", "2");
  }

  @Test
  void callerIsHeldUntilThereIsRoom() {
    Rig.Call third = rig.send("3");
    assertThat(third.isHeld()).isTrue();
    rig.node("a").answerOne();
    assertThat(third.outcome().code()).isEqualTo(Code.OK);
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3");
  }

  @Test
  void callersAreServedInTheOrderTheyCame() {
    Rig.Call third = rig.send("3");
    Rig.Call fourth = rig.send("4");
    rig.node("a").answerOne();
    assertThat(third.isHeld()).isFalse();
    assertThat(fourth.isHeld()).isTrue();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3", "4");
  }

  @Test
  void heldCallIsDroppedAfterBlockTimeout() {
    Rig.Call third = rig.send("3");
    rig.loop.advance(Duration.ofMillis(1999));
    assertThat(third.isHeld()).isTrue();
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(third.outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(rig.ledger("a").dropped()).containsEntry(DropReason.QUEUE_FULL, 1L);
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2");
  }

  @Test
  void heldCallIsAnsweredALittleBeforeItsDeadline() {
    Rig.Call third = rig.sendWithin("3", Duration.ofSeconds(1));
    rig.loop.advance(Duration.ofMillis(899));
    assertThat(third.isHeld()).isTrue();
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(third.outcome().dropped()).isEqualTo(1);
  }

  @Test
  void callerThatCancelsIsNoLongerHeld() {
    Rig.Call third = rig.send("3");
    third.cancel.run();
    rig.loop.run();
    assertThat(third.outcome().code()).isEqualTo(Code.DROPPED);
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2");
  }

  @Test
  void cancellingACallThatWasAnsweredChangesNothing() {
    Rig.Call third = rig.send("3");
    rig.node("a").answerOne();
    third.cancel.run();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "2", "3");
    assertThat(rig.ledger("a").dropped()).isEmpty();
  }

  @Test
  void fullUnconnectedNodeDropsAtOnce() {
    rig.node("a").disconnectUnprocessed();
    assertThat(rig.send("3").outcome().code()).isEqualTo(Code.DROPPED);
  }

  @Test
  void losingTheConnectionEndsTheWait() {
    Rig.Call third = rig.send("3");
    rig.node("a").disconnect();
    assertThat(third.outcome().code()).isEqualTo(Code.DROPPED);
  }

  @Test
  void otherNodesAreEnqueuedAtOnceWhileOneIsWaitedFor() {
    rig.apply(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.BLOCK), "a", "b");
    rig.node("b").connect();
    Rig.Call third = rig.send("3");
    assertThat(rig.node("b").received).containsExactly("3");
    assertThat(third.isHeld()).isTrue();
    rig.node("a").answerOne();
    assertThat(third.outcome().accepted()).isEqualTo(2);
  }

  @Test
  void expiryMakesRoomForHeldOffers() {
    rig.apply(
        s ->
            s.workers(1)
                .queueSize(1)
                .messageTtl(Duration.ofSeconds(1))
                .blockTimeout(Duration.ofSeconds(10))
                .overflowPolicy(OverflowPolicy.BLOCK),
        "a");
    Rig.Call third = rig.send("3");
    rig.loop.advance(Duration.ofMillis(1300));
    assertThat(third.outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
  }

  @Test
  void oneMoreHeldThanTheCapIsDroppedAtOnceAndTimersDoNotPileUp() {
    // The stream of rooms is refused before.
    rig.loop.advance(Duration.ofMillis(100));
    int before = rig.loop.pendingTimers();
    for (int i = 0; i < 4096; i++) {
      assertThat(rig.send("held").isHeld()).isTrue();
    }
    assertThat(rig.send("one too many").outcome().code()).isEqualTo(Code.DROPPED);
    rig.loop.advance(Duration.ofSeconds(3));
    assertThat(rig.send("held again").isHeld()).isTrue();
    rig.node("a").answerAll();
    rig.loop.run();
    assertThat(rig.loop.pendingTimers()).isEqualTo(before);
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.DROPPED)).isEqualTo(4097);
  }

  @Test
  void biggerQueueTakesHeldOffers() {
    Rig.Call third = rig.send("3");
    rig.apply(s -> s.workers(1).queueSize(2).overflowPolicy(OverflowPolicy.BLOCK), "a");
    assertThat(third.outcome().code()).isEqualTo(Code.OK);
  }

  @Test
  void heldMessageThatHasBecomeTooLargeIsRefusedAndBlocksNoOther() {
    Rig.Call large = rig.send("x".repeat(2000));
    Rig.Call small = rig.send("y");
    rig.apply(
        s -> s.workers(1).queueSize(2).queueBytes(1024).overflowPolicy(OverflowPolicy.BLOCK), "a");
    assertThat(large.outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(rig.ledger("a").dropped()).containsEntry(DropReason.TOO_LARGE, 1L);
    assertThat(small.outcome().code()).isEqualTo(Code.OK);
  }

  @Test
  void cancelledOfferMakesWayForASmallerOneBehind() {
    rig.apply(
        s -> s.workers(1).queueSize(9).queueBytes(1024).overflowPolicy(OverflowPolicy.BLOCK), "a");
    rig.send("x".repeat(500));
    Rig.Call large = rig.send("y".repeat(1000));
    Rig.Call small = rig.send("z".repeat(100));
    assertThat(small.isHeld()).as("first come first served").isTrue();
    large.cancel.run();
    rig.loop.run();
    assertThat(small.outcome().code()).isEqualTo(Code.OK);
  }

  /** An expiry inside the third offer accepts the first two, and the second can start. */
  @Test
  void anOfferThatFreesAPlaceForAnotherStartsItAtOnce() {
    Rig streaming =
        Rig.streaming(
            s ->
                s.workers(2)
                    .deliveryWindow(1)
                    .queueSize(1)
                    .messageTtl(Duration.ofMillis(1100))
                    .overflowPolicy(OverflowPolicy.BLOCK)
                    .blockTimeout(Duration.ofSeconds(5)),
            "a");
    streaming.sendAll("x:1", "x:2");
    Rig.Call third = streaming.send("x:3");
    Rig.Call fourth = streaming.send("y:4");
    streaming.loop.advance(Duration.ofMillis(1150));
    assertThat(third.isHeld()).isTrue();
    assertThat(fourth.isHeld()).isTrue();

    assertThat(streaming.send("z:5").isHeld()).isTrue();
    streaming.loop.advanceToTimersWithin(Duration.ofMillis(2));

    assertThat(third.isHeld()).isFalse();
    assertThat(fourth.isHeld()).isFalse();
    assertThat(streaming.node("a").received).containsExactly("x:1", "y:4");
  }
}
