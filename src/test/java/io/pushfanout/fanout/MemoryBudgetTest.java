package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.QueuedMessage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  /** Bytes of the budget that one fanout alone may have. */
  private static final long SHARE = 100_000;

  /** Size of a message without its overhead; with it, a message takes a kilobyte. */
  private static final int BODY = 1000 - Message.OVERHEAD_BYTES;

  private final Rig rig = new Rig(new MemoryBudget(2 * SHARE));
  private int sent;

  private Rig.Call send() {
    return rig.send(Integer.toString(sent++) + "x".repeat(BODY).substring(digits()));
  }

  private int digits() {
    return Integer.toString(sent - 1).length();
  }

  private void connect(String... hosts) {
    for (String host : hosts) {
      rig.node(host).connect();
    }
  }

  private void fill(int messages) {
    for (int i = 0; i < messages; i++) {
      assertThat(send().outcome().code()).isEqualTo(Code.OK);
    }
  }

  @Test
  void messageCountsOnceHoweverManyQueuesHoldItAndUntilTheLastHasSettledIt() {
    rig.apply(s -> s, "a", "b", "c");
    connect("a", "b", "c");
    fill(1);
    assertThat(rig.memory.bytes()).isEqualTo(1000);

    rig.node("a").answerAll();
    rig.node("b").disconnect();
    assertThat(rig.memory.bytes()).isEqualTo(1000);
    rig.node("c").answerAll();
    assertThat(rig.memory.bytes()).isZero();
  }

  @Test
  void eachEntryOfAQueueCountsFromTheNextCheckOn() {
    rig.apply(s -> s.workers(1), "a", "b");
    connect("a", "b");
    fill(5);
    rig.loop.advance(Duration.ofMillis(200));
    assertThat(rig.memory.held()).isEqualTo(5 * 1000 + 10 * QueuedMessage.ENTRY_BYTES);
  }

  @Test
  void atItsShareABroadcastIsRefusedWithRetryInfoAndNothingIsEnqueued() {
    rig.apply(s -> s.workers(1), "a");
    connect("a");
    fill(100);

    BroadcastResult.Refused refused = send().refusal();

    assertThat(refused.reason()).isEqualTo(BroadcastResult.Reason.LIMITED);
    assertThat(refused.message()).contains("--memory-budget");
    assertThat(refused.retryAfter()).isPositive();
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.LIMITED)).isEqualTo(1);
    assertThat(rig.ledger("a").enqueued()).isEqualTo(100);
  }

  @Test
  void fanoutThatStaysAtItsShareShedsTheOldestOfItsFullestQueue() {
    rig.apply(s -> s.workers(1), "healthy", "frozen");
    connect("healthy", "frozen");
    for (int i = 0; i < 96; i++) {
      fill(1);
      rig.node("healthy").answerAll();
    }
    rig.loop.advance(Duration.ofMillis(200));
    assertThat(rig.ledger("frozen").dropped()).as("it may be a moment only").isEmpty();

    rig.loop.advance(Duration.ofMillis(200));

    assertThat(rig.memory.held()).isLessThanOrEqualTo(SHARE * 85 / 100);
    NodeLedger frozen = rig.ledger("frozen");
    assertThat(frozen.dropped()).containsOnlyKeys(DropReason.SHED);
    assertThat(frozen.inFlight()).as("what is in flight stays").isEqualTo(1);
    assertThat(send().outcome().code()).isEqualTo(Code.OK);
    rig.node("healthy").answerAll();
    assertThat(rig.ledger("healthy").delivered()).isEqualTo(97);
    rig.node("frozen").answerAll();
    assertThat(Integer.parseInt(rig.node("frozen").received.get(1).replace("x", "")))
        .as("the oldest went")
        .isEqualTo(1 + frozen.dropped().getOrDefault(DropReason.SHED, 0L).intValue());
  }

  @Test
  void queuesThatShareTheirMessagesAreShedUntilItHelps() {
    rig.apply(s -> s.workers(1), "a", "b", "c");
    connect("a", "b", "c");
    fill(90);
    rig.loop.advance(Duration.ofMillis(400));

    assertThat(rig.memory.held()).isLessThanOrEqualTo(SHARE * 85 / 100);
    for (String node : new String[] {"a", "b", "c"}) {
      assertThat(rig.ledger(node).dropped().get(DropReason.SHED)).isBetween(5L, 40L);
    }
  }

  @Test
  void whileItLastsItIsAProblemOfTheFanout() {
    rig.apply(s -> s.workers(1), "a");
    connect("a");
    fill(100);
    assertThat(problems()).isEmpty();
    rig.loop.advance(Duration.ofMillis(200));
    assertThat(problems()).containsExactly(ProblemReason.MEMORY_SHORT);
    rig.loop.advance(Duration.ofSeconds(4));
    assertThat(problems()).containsExactly(ProblemReason.MEMORY_SHORT);
    rig.loop.advance(Duration.ofSeconds(20));
    assertThat(problems()).doesNotContain(ProblemReason.MEMORY_SHORT);
  }

  private Iterable<ProblemReason> problems() {
    return rig.engine.snapshot().getFirst().problems().stream().map(p -> p.reason()).toList();
  }

  @Test
  void heldCallsCountAndAreGivenBackWhenTheyEnd() {
    rig.apply(
        s ->
            s.workers(1)
                .queueSize(1)
                .overflowPolicy(OverflowPolicy.BLOCK)
                .blockTimeout(Duration.ofSeconds(1)),
        "a");
    connect("a");
    fill(2);
    Rig.Call held = send();
    assertThat(held.isHeld()).isTrue();
    assertThat(rig.memory.bytes()).isEqualTo(3000);
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(held.outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(rig.memory.bytes()).isEqualTo(2000);
  }

  @Test
  void rejectedBroadcastHoldsNothing() {
    rig.apply(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.REJECT), "a", "b");
    connect("a", "b");
    fill(1);
    rig.node("b").answerAll();
    fill(1);
    assertThat(send().refusal().reason()).isEqualTo(BroadcastResult.Reason.REJECTED);
    assertThat(rig.memory.bytes()).isEqualTo(2000);
  }

  @Test
  void refusalByOneNodeAfterAnotherHasClosedReleasesTheMessageOnce() {
    rig.apply(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.REJECT), "a", "b", "c");
    connect("a", "b", "c");
    fill(2);
    Routes found = rig.routes();
    rig.node("a").answerAll();
    rig.apply(s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.REJECT), "b", "c");

    assertThat(rig.offerTo(found, "late").refusal().reason())
        .isEqualTo(BroadcastResult.Reason.REJECTED);

    rig.node("b").answerAll();
    rig.node("c").answerAll();
    assertThat(rig.memory.bytes()).isZero();
    assertThat(rig.ledger("b").dropped()).isEqualTo(Map.of(DropReason.QUEUE_FULL, 1L));
  }
}
