package io.pushfanout.simulation;

import static io.pushfanout.simulation.Checks.require;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Histories of fanouts and their callers in one process: the load of some costs another nothing.
 */
final class Tenants {
  private static final FanoutName GOOD = FanoutName.DEFAULT;
  private static final int BUDGET = 1 << 20;
  private static final int UNTIL_MILLIS = 3_000;

  private Tenants() {}

  private static FanoutName evil(int number) {
    return new FanoutName("evil-" + number, "chat");
  }

  /**
   * One to three tenants fill the shared resources, each in its own way, while another broadcasts.
   */
  static void write(Script s) {
    int attackers = s.between(1, 3);
    s.nodes = 1 + attackers;
    s.memory = BUDGET;
    // A reply in 200 µs makes one worker sufficient too.
    s.settings(b -> b.rpcTimeout(Duration.ofSeconds(1)));
    FanoutSettings[] theirs = new FanoutSettings[attackers];
    for (int i = 0; i < attackers; i++) {
      theirs[i] = greedy(s);
    }
    s.begin =
        x -> {
          x.fanout(GOOD, s.settings, new Discovery.Static(x.addresses(0, 1)));
          for (int i = 0; i < attackers; i++) {
            x.fanout(evil(i), theirs[i], new Discovery.Static(x.addresses(1 + i, 1)));
          }
        };
    for (int i = 0; i < attackers; i++) {
      attack(s, i);
    }
    s.at(400, "the good tenant broadcasts until " + UNTIL_MILLIS + " ms", Tenants::good);
    s.behaveAtMillis = UNTIL_MILLIS;
  }

  private static FanoutSettings greedy(Script s) {
    return s.settings.toBuilder()
        .workers(s.pick(1, 10, 1024))
        .queueSize(s.pick(1, 100, 1_000_000))
        .rpcTimeout(Duration.ofSeconds(s.pick(1, 20)))
        .messageTtl(Duration.ofSeconds(s.pick(0, 1, 30)))
        .overflowPolicy(s.oneOf(OverflowPolicy.values()))
        .blockTimeout(Duration.ofSeconds(s.pick(1, 10)))
        .maxAttempts(s.pick(1, 3))
        .build();
  }

  private static void attack(Script s, int number) {
    Consumer<Manners> bad =
        s.oneOf(
            m -> m.calls = m.streams = m.question = Answer.NEVER,
            m -> m.reads = false,
            m -> m.silent = true,
            m -> m.windows = Manners.Windows.NEVER,
            m -> m.calls = m.streams = Answer.UNAVAILABLE,
            m -> m.thinkNanos = 300 * Simulation.MILLI);
    int node = 1 + number;
    s.at(
        s.between(0, 600),
        "node " + node + " turns bad",
        x -> x.node(node).behave(s.manners.andThen(bad)));
    int bytes = s.pick(8, 1_000, 30_000);
    int perSecond = s.pick(50, 300);
    int burst = s.pick(1, 20);
    s.at(
        s.between(300, 1_000),
        "%s sends %d/s of %d bytes, %d at a time".formatted(evil(number), perSecond, bytes, burst),
        x -> {
          for (int i = 0; i < 2 * perSecond / burst; i++) {
            x.scheduler.after(
                (long) i * burst * (1_000 * Simulation.MILLI / perSecond),
                () -> {
                  for (int b = 0; b < burst; b++) {
                    call(x, evil(number), bytes);
                  }
                });
          }
        });
  }

  /** Broadcasts every 20 ms; each broadcast must arrive. */
  static void good(Simulation x) {
    for (long at = 0; at < UNTIL_MILLIS - 1_000; at += 20) {
      int bytes = at % 1_000 == 0 ? 8_000 : 100;
      x.scheduler.after(at * Simulation.MILLI, () -> isServed(x, call(x, GOOD, bytes)));
    }
  }

  /**
   * Calls on behalf of a fanout's own caller; returns null if that caller has used up its share of
   * the calls.
   */
  private static @Nullable Broadcast call(Simulation x, FanoutName fanout, int bytes) {
    if (!x.calls.tryTake(fanout)) {
      return null;
    }
    Broadcast broadcast = x.broadcast(fanout, bytes, 0);
    broadcast.onEnd = () -> x.calls.giveBack(fanout);
    return broadcast;
  }

  private static void isServed(Simulation x, @Nullable Broadcast broadcast) {
    if (broadcast == null) {
      throw new Violation(Invariant.OTHERS_COST_NOTHING, "the good tenant's caller is refused");
    }
    x.scheduler.after(
        500 * Simulation.MILLI,
        () ->
            require(
                isOk(broadcast) && x.node(0).received.containsKey(broadcast.id),
                Invariant.OTHERS_COST_NOTHING,
                "broadcast %d of the good tenant: %s, received: %s",
                broadcast.id,
                broadcast.result,
                x.node(0).received.containsKey(broadcast.id)));
  }

  private static boolean isOk(Broadcast broadcast) {
    return broadcast.result instanceof BroadcastResult.Answered answered
        && answered.outcome().code() == BroadcastOutcome.Code.OK;
  }
}
