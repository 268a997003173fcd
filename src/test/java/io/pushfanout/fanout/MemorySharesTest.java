package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fanouts of several tenants under one memory budget: one tenant's use costs the others nothing.
 */
class MemorySharesTest {
  private static final long BUDGET = 1 << 20;
  private static final int LARGE = 8 << 10;
  private static final FanoutName GOOD = FanoutName.parse("good/chat");

  private final Rig rig = new Rig(new MemoryBudget(BUDGET));
  private int sent;

  private static FanoutName bad(int i) {
    return FanoutName.parse("bad" + i + "/chat");
  }

  /** Makes attackers, each with a frozen node, and one fanout whose node answers. */
  private void tenants(int attackers, UnaryOperator<SettingsBuilder> theirs) {
    List<DesiredFanout> fanouts = new ArrayList<>();
    for (int i = 0; i < attackers; i++) {
      fanouts.add(Rig.fanout(bad(i), theirs, "frozen" + i));
    }
    fanouts.add(Rig.fanout(GOOD, s -> s, "healthy"));
    rig.apply(fanouts.toArray(DesiredFanout[]::new));
    for (int i = 0; i < attackers; i++) {
      rig.node("frozen" + i).connect();
    }
    rig.node("healthy").connect();
  }

  private @Nullable BroadcastResult send(FanoutName fanout, int size) {
    Rig.Call call = rig.send(sent++ + "x".repeat(size), new Target.Named(fanout));
    return call.result;
  }

  private void attack(int attackers) {
    for (int i = 0; i < attackers; i++) {
      for (int m = 0; m < 200; m++) {
        send(bad(i), LARGE);
      }
    }
  }

  private void requireGoodIsServed(int times, int size) {
    for (int i = 0; i < times; i++) {
      assertThat(send(GOOD, size))
          .isInstanceOfSatisfying(
              BroadcastResult.Answered.class,
              answered -> assertThat(answered.outcome().code()).isEqualTo(Code.OK));
      rig.node("healthy").answerAll();
    }
    assertThat(rig.ledger("healthy").dropped()).isEmpty();
  }

  private Stream<ProblemReason> problems(FanoutName fanout) {
    return rig.engine.snapshot().stream()
        .filter(snapshot -> snapshot.name().equals(fanout))
        .flatMap(snapshot -> snapshot.problems().stream())
        .map(Problem::reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void messagesInFlightOfAttackersLeaveRoomForOthersAtOnceAndLater(int attackers) {
    tenants(attackers, s -> s.workers(1024).rpcTimeout(Duration.ofMinutes(10)).queueSize(1));
    attack(attackers);
    requireGoodIsServed(200, 100);
    for (int second = 0; second < 30; second++) {
      rig.loop.advance(Duration.ofSeconds(1));
      attack(attackers);
      requireGoodIsServed(20, 100);
      assertThat(rig.memory.held()).isLessThanOrEqualTo(BUDGET);
    }
    requireGoodIsServed(1, LARGE);
    assertThat(problems(bad(0))).contains(ProblemReason.MEMORY_SHORT);
    assertThat(problems(GOOD)).isEmpty();
    assertThat(rig.totals.of(bad(0)).broadcasts(CallOutcome.LIMITED)).isPositive();
    assertThat(rig.totals.of(GOOD).broadcasts(CallOutcome.LIMITED)).isZero();
  }

  @ParameterizedTest
  @EnumSource(OverflowPolicy.class)
  void waitingMessagesAndHeldOffersLeaveRoomForOthers(OverflowPolicy policy) {
    tenants(
        3, s -> s.workers(2).messageTtl(Duration.ZERO).overflowPolicy(policy).queueSize(1_000_000));
    for (int second = 0; second < 10; second++) {
      attack(3);
      requireGoodIsServed(20, 100);
      rig.loop.advance(Duration.ofSeconds(1));
    }
    requireGoodIsServed(1, LARGE);
  }

  @Test
  void tinyMessagesCountByTheirEntriesToo() {
    tenants(3, s -> s.workers(1).messageTtl(Duration.ZERO).queueSize(1_000_000));
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 3; i++) {
        for (int m = 0; m < 2_000; m++) {
          send(bad(i), 1);
        }
      }
      requireGoodIsServed(20, 100);
      rig.loop.advance(Duration.ofMillis(400));
    }
  }

  @Test
  void deliveriesInFlightAtTheFullestNodeAreResetAndHaveFailed() {
    rig.apply(
        Rig.fanout(
            GOOD,
            s -> s.workers(1024).rpcTimeout(Duration.ofMinutes(10)).queueSize(1),
            "frozen",
            "healthy"));
    rig.node("frozen").connect();
    rig.node("healthy").connect();
    int accepted = 0;
    while (send(GOOD, LARGE) instanceof BroadcastResult.Answered) {
      accepted++;
      rig.node("healthy").answerAll();
    }
    assertThat(accepted).as("half of the budget").isBetween(55, 64);
    rig.loop.advance(Duration.ofMillis(600));

    NodeLedger frozen = rig.ledger("frozen");
    assertThat(frozen.failed()).containsOnlyKeys(StatusCode.RESOURCE_EXHAUSTED);
    assertThat(frozen.failedTotal()).isEqualTo(accepted);
    assertThat(frozen.inFlight()).isZero();
    assertThat(rig.ledger("healthy").failed()).isEmpty();
    assertThat(send(GOOD, LARGE)).isInstanceOf(BroadcastResult.Answered.class);
  }

  @Test
  void messagesOnStreamsAreResetToo() {
    rig.streaming = StatusCode.OK;
    rig.apply(Rig.fanout(GOOD, s -> s.rpcTimeout(Duration.ofMinutes(10)).workers(4), "frozen"));
    rig.node("frozen").connect();
    int accepted = 0;
    while (send(GOOD, LARGE) instanceof BroadcastResult.Answered) {
      accepted++;
    }
    int before = rig.node("frozen").unacknowledged().size();
    assertThat(before).isPositive();
    rig.loop.advance(Duration.ofMillis(600));
    NodeLedger frozen = rig.ledger("frozen");
    long shed = frozen.failedTotal() + frozen.dropped().getOrDefault(DropReason.SHED, 0L);
    assertThat(frozen.failed().keySet()).isSubsetOf(StatusCode.RESOURCE_EXHAUSTED);
    assertThat(shed).isBetween(accepted / 10L, (long) accepted);
    assertThat(send(GOOD, LARGE)).isInstanceOf(BroadcastResult.Answered.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void grantedMessagesThatCannotStartAreShedToo(boolean streams) {
    rig.streaming = streams ? StatusCode.OK : StatusCode.UNIMPLEMENTED;
    rig.apply(
        Rig.fanout(
            GOOD, s -> s.workers(100).messageTtl(Duration.ZERO).queueSize(1), "stuck", "healthy"));
    rig.node("stuck").connect();
    rig.node("healthy").connect();
    rig.loop.advance(Duration.ofMillis(100));
    rig.node("stuck").available = false;
    while (send(GOOD, LARGE) instanceof BroadcastResult.Answered) {
      rig.node("healthy").answerAll();
      rig.node("healthy").acknowledgeAll();
    }
    rig.loop.advance(Duration.ofMillis(600));
    assertThat(send(GOOD, LARGE)).isInstanceOf(BroadcastResult.Answered.class);
    assertThat(rig.ledger("stuck").dropped()).containsKey(DropReason.SHED);
  }

  @Test
  void messagesThatANodeTakesToAnotherFanoutAreShedForTheirOwner() {
    rig.apply(
        Rig.fanout(GOOD, s -> s.workers(1).messageTtl(Duration.ZERO), "frozen", "healthy"),
        Rig.fanout(bad(0), s -> s.workers(1).messageTtl(Duration.ZERO), "other"));
    rig.node("frozen").connect();
    rig.node("healthy").connect();
    rig.node("other").connect();
    while (send(GOOD, LARGE) instanceof BroadcastResult.Answered) {
      rig.node("healthy").answerAll();
    }
    rig.apply(
        Rig.fanout(GOOD, s -> s.workers(1).messageTtl(Duration.ZERO), "healthy"),
        Rig.fanout(bad(0), s -> s.workers(1).messageTtl(Duration.ZERO), "other", "frozen"));
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(send(GOOD, LARGE)).isInstanceOf(BroadcastResult.Answered.class);
    assertThat(rig.ledger("frozen").dropped()).containsKey(DropReason.SHED);
    assertThat(rig.ledger("healthy").dropped().getOrDefault(DropReason.SHED, 0L)).isZero();
  }

  @Test
  void aBroadcastToAllReachesFanoutsWithRoomAndCountsItsBytesOnce() {
    tenants(1, s -> s.workers(1024).rpcTimeout(Duration.ofMinutes(10)).queueSize(1));
    attack(1);
    Rig.Call all = rig.send("x".repeat(LARGE), new Target.All());
    assertThat(all.outcome().accepted()).isEqualTo(1);
    assertThat(all.outcome().dropped()).isEqualTo(1);
    assertThat(rig.ledger("frozen0").dropped()).containsOnlyKeys(DropReason.QUEUE_FULL);
    rig.node("healthy").answerAll();

    rig.loop.advance(Duration.ofSeconds(1));
    long before = rig.memory.bytes();
    assertThat(rig.send("x".repeat(LARGE), new Target.All()).outcome().accepted()).isEqualTo(2);
    assertThat(rig.memory.bytes() - before).isEqualTo(LARGE + Message.OVERHEAD_BYTES);
    rig.node("healthy").answerAll();
    assertThat(rig.memory.bytes() - before)
        .as("the other fanout holds it still")
        .isEqualTo(LARGE + Message.OVERHEAD_BYTES);
  }

  @Test
  void callersThatOneFanoutHoldsLeavePlacesForThoseOfAnother() {
    tenants(
        1,
        s ->
            s.workers(1)
                .queueSize(1)
                .overflowPolicy(OverflowPolicy.BLOCK)
                .blockTimeout(Duration.ofMinutes(1)));
    rig.apply(
        Rig.fanout(
            bad(0), s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.BLOCK), "frozen0"),
        Rig.fanout(
            GOOD, s -> s.workers(1).queueSize(1).overflowPolicy(OverflowPolicy.BLOCK), "healthy"));
    for (int i = 0; i < 5_000; i++) {
      send(bad(0), 1);
    }
    send(GOOD, 1);
    send(GOOD, 1);
    Rig.Call third = rig.send("x", new Target.Named(GOOD));
    assertThat(third.isHeld()).isTrue();
    rig.node("healthy").answerOne();
    assertThat(third.outcome().code()).isEqualTo(Code.OK);
  }

  @Test
  void everythingIsGivenBackAtTheEnd() {
    tenants(3, s -> s.workers(4).messageTtl(Duration.ofSeconds(2)));
    attack(3);
    rig.send("x", new Target.All());
    requireGoodIsServed(5, 100);
    rig.loop.advance(Duration.ofSeconds(20));
    for (int i = 0; i < 3; i++) {
      rig.node("frozen" + i).answerAll();
    }
    rig.node("healthy").answerAll();
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.memory.held()).isZero();
    assertThat(rig.memory.heldByFanout().values()).allMatch(bytes -> bytes == 0);
  }
}
