package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that policy Block holds in many queues at a time. */
class HeldCallsTest {
  private static Rig full(MemoryBudget memory, String... hosts) {
    Rig rig = new Rig(memory);
    rig.apply(
        s ->
            s.workers(1)
                .queueSize(1)
                .overflowPolicy(OverflowPolicy.BLOCK)
                .blockTimeout(Duration.ofSeconds(10)),
        hosts);
    for (String host : hosts) {
      rig.node(host).connect();
    }
    rig.sendAll("1", "2");
    return rig;
  }

  private static String[] hosts(int count) {
    return IntStream.range(0, count).mapToObj("n%04d"::formatted).toArray(String[]::new);
  }

  @Test
  void cancelledOffersAreWithdrawnSomeInEachTurnAndCallersTakeTurns() {
    Rig rig = full(MemoryBudget.unlimited(), hosts(3_000));
    Rig.Call wide = rig.send("3");
    Rig.Call narrow = rig.send("4", Set.of(Rig.address("n2999")));
    rig.loop.run();
    wide.cancel.run();
    narrow.cancel.run();
    assertThat(wide.isHeld() && narrow.isHeld()).isTrue();

    assertThat(rig.loop.runNext()).isTrue();

    assertThat(narrow.isHeld()).isFalse();
    int turns = 1;
    for (; wide.isHeld(); turns++) {
      assertThat(rig.loop.runNext()).isTrue();
    }
    assertThat(turns).as("turns for 3,000 offers").isBetween(3, 6);
    assertThat(wide.outcome().dropped()).isEqualTo(3_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void otherOffersAreServedInTheirOrderWhenOneLeaves(int seed) {
    Rig rig = full(MemoryBudget.unlimited(), "a", "b");
    List<Rig.Call> calls = new ArrayList<>();
    IntStream.range(0, 500).forEach(i -> calls.add(rig.send("h" + i)));
    List<Rig.Call> leaving = new ArrayList<>(calls);
    Collections.shuffle(leaving, new Random(seed));
    leaving.subList(0, 250).forEach(call -> call.cancel.run());
    rig.loop.run();
    List<String> left =
        IntStream.range(0, 500).filter(i -> calls.get(i).isHeld()).mapToObj(i -> "h" + i).toList();
    assertThat(left).hasSize(250);
    while (!rig.node("a").inFlight.isEmpty() || !rig.node("b").inFlight.isEmpty()) {
      rig.node("a").answerAll();
      rig.node("b").answerAll();
    }
    assertThat(rig.node("a").received.stream().filter(b -> b.startsWith("h"))).isEqualTo(left);
    assertThat(calls).allSatisfy(call -> assertThat(call.isHeld()).isFalse());
  }

  @Test
  void eachOfferThatIsHeldIsInTheBudgetUntilItIsSettled() {
    MemoryBudget memory = new MemoryBudget(1 << 20);
    Rig rig = full(memory, "a", "b");
    long before = memory.held() - memory.bytes();
    Rig.Call third = rig.send("3");
    assertThat(memory.held() - memory.bytes() - before).isEqualTo(2 * HeldOffer.BYTES);
    rig.node("a").answerOne();
    assertThat(memory.held() - memory.bytes() - before).isEqualTo(HeldOffer.BYTES);
    third.cancel.run();
    rig.loop.run();
    assertThat(memory.held() - memory.bytes() - before).isZero();
  }

  @Test
  void heldOffersLeaveRoomForOthersAndACallerThatCannotBeHeldIsAnsweredAtOnce() {
    int limit = 2 * 40 * HeldOffer.BYTES * 4;
    MemoryBudget memory = new MemoryBudget(limit);
    Rig rig = full(memory, "a", "b", "c");
    List<Rig.Call> calls = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      calls.add(rig.send(""));
    }
    Rig.Call last = calls.getLast();
    assertThat(calls.subList(0, 13)).allSatisfy(call -> assertThat(call.isHeld()).isTrue());
    assertThat(last.isHeld()).as("by one queue").isTrue();
    assertThat(rig.send("").outcome().code()).isEqualTo(Code.DROPPED);

    rig.loop.advance(Duration.ofSeconds(11));
    assertThat(last.outcome().dropped()).isEqualTo(3);
    assertThat(rig.send("").isHeld()).isTrue();
  }
}
