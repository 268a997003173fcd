package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs thousands of random steps, of every kind that can happen to a node, against one model. Each
 * reply's counts and each node's record must agree with the ledger at every step.
 */
class RandomHistoryTest {
  private static final int STEPS = 6_000;
  private static final List<OverflowPolicy> POLICIES = List.of(OverflowPolicy.values());
  private static final String[] HOSTS = {"a", "b", "c"};

  /** Bytes of a few hundred messages: half of the histories are short of memory time and again. */
  private static final long MEMORY = 12 << 10;

  private Rig rig = new Rig();
  private final List<Rig.Call> calls = new ArrayList<>();
  private Random random = new Random();
  private int nextBody;

  /** Bodies whose callers were held: their enqueue came later than their call. */
  private final Set<String> held = new HashSet<>();

  private boolean oneWorker;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void ledgerAndRepliesAgreeInRandomHistories(long seed) {
    random = new Random(seed);
    rig = new Rig(seed % 2 == 0 ? new MemoryBudget(MEMORY) : MemoryBudget.unlimited());
    reconfigure();
    for (int step = 0; step < STEPS; step++) {
      step();
      rig.engine.snapshot().stream()
          .flatMap(fanout -> fanout.nodes().stream())
          .forEach(node -> assertThat(node.ledger().balances()).as("%s", node).isTrue());
      assertThat(rig.memory.bytes()).isBetween(0L, rig.memory.limit());
    }
    finish();
    assertThat(rig.memory.held()).as("what was held has been given back").isZero();
    if (rig.memory.limit() == MEMORY) {
      assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.LIMITED)).isPositive();
      assertThat(rig.totals.of(Rig.FANOUT).dropped(DropReason.SHED)).isPositive();
    }

    long acceptedByReplies =
        calls.stream()
            .filter(call -> call.result instanceof BroadcastResult.Answered)
            .mapToLong(call -> call.outcome().accepted())
            .sum();
    FanoutTotals totals = rig.totals.of(Rig.FANOUT);
    assertThat(acceptedByReplies).isEqualTo(totals.enqueued()).isGreaterThan(1000);
    assertThat(calls).allSatisfy(call -> assertThat(call.isHeld()).isFalse());
    assertThat(totals.delivered()).as("load was flowing").isGreaterThan(500);
    assertThat(totals.delivered() + failed(totals) + totals.expired() + droppedLater(totals))
        .isEqualTo(totals.enqueued());
    for (ScriptedNode node : rig.everOpened) {
      assertThat(node.received).as("nothing twice without a retry").doesNotHaveDuplicates();
      if (oneWorker) {
        assertThat(
                node.received.stream()
                    .filter(b -> !held.contains(b))
                    .map(Integer::valueOf)
                    .toList())
            .as("one worker keeps the order in which messages were enqueued")
            .isSorted();
      }
    }
  }

  private void step() {
    ScriptedNode node = rig.node(HOSTS[random.nextInt(HOSTS.length)]);
    switch (random.nextInt(100)) {
      case 0 -> reconfigure();
      case 1 -> rig.loop.advance(Duration.ofMillis(random.nextInt(3000)));
      case 2, 3 -> {
        if (!node.isClosed()) {
          node.disconnect();
        }
      }
      case 4, 5, 6, 7, 8 -> {
        if (!node.isClosed()) {
          node.connect(1 + random.nextInt(20));
        }
      }
      case 9 -> calls.get(random.nextInt(calls.size())).cancel.run();
      case 10 -> rig.loop.advance(Duration.ofMillis(random.nextInt(50)));
      default -> {
        if (random.nextBoolean()) {
          send();
        } else if (!node.inFlight.isEmpty()) {
          int which = random.nextInt(node.inFlight.size());
          node.answer(which, random.nextInt(50) == 0 ? StatusCode.INTERNAL : StatusCode.OK);
        }
      }
    }
  }

  private void send() {
    String body = Integer.toString(nextBody++);
    Rig.Call call = rig.send(body);
    calls.add(call);
    if (call.isHeld()) {
      held.add(body);
    }
  }

  /**
   * Applies other settings and other nodes: some nodes retire, some come back, with their queues or
   * with new ones.
   */
  private void reconfigure() {
    Set<String> hosts = new HashSet<>(Set.of(HOSTS));
    if (nextBody > 0) {
      hosts.removeIf(_ -> random.nextInt(4) == 0);
    } else {
      oneWorker = random.nextBoolean();
      calls.add(rig.send("-1"));
    }
    UnaryOperator<SettingsBuilder> settings =
        s ->
            s.workers(oneWorker ? 1 : 1 + random.nextInt(20))
                .queueSize(1 + random.nextInt(30))
                .queueBytes(1024)
                .overflowPolicy(POLICIES.get(random.nextInt(POLICIES.size())))
                .blockTimeout(Duration.ofMillis(1 + random.nextInt(2000)))
                .messageTtl(Duration.ofMillis(random.nextInt(5000)))
                .drainTimeout(Duration.ofMillis(random.nextInt(3000)));
    rig.apply(settings, hosts.toArray(String[]::new));
  }

  private void finish() {
    var done = rig.engine.shutdown(Duration.ofSeconds(10));
    rig.loop.advance(Duration.ofMinutes(2));
    assertThat(done).isCompleted();
  }

  private static long failed(FanoutTotals totals) {
    long sum = 0;
    for (StatusCode code : StatusCode.values()) {
      sum += totals.failed(code);
    }
    return sum;
  }

  private static long droppedLater(FanoutTotals totals) {
    long sum = 0;
    for (var reason : DropReason.values()) {
      sum += reason.afterEnqueue() ? totals.dropped(reason) : 0;
    }
    return sum;
  }
}
