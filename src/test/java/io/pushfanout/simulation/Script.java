package io.pushfanout.simulation;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingsBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The script of a scenario and a seed: the beginning of the world, the events and their times, and
 * the invariants to check.
 */
final class Script {
  /**
   * An event of a history.
   *
   * @param what its description for people
   */
  record Event(long atMillis, String what, Consumer<Simulation> action) {
    @Override
    public String toString() {
      return "%6d ms  %s".formatted(atMillis, what);
    }
  }

  final Random random;
  private final List<Event> events = new ArrayList<>();
  final Set<Invariant> also = EnumSet.noneOf(Invariant.class);
  FanoutSettings settings;
  Discovery discovery = Discovery.DEFAULT;
  int nodes;

  /** The behaviour of the nodes at first, and again from {@link #behaveAtMillis}. */
  Consumer<Manners> manners = _ -> {};

  /** The function that makes the first fanouts and nodes. */
  Consumer<Simulation> begin = Simulation::begin;

  boolean named;
  int behaveAtMillis = 5_000;
  long memory = 64 << 20;
  int networkBuffer = 64 << 10;
  int latencyMicros;

  /** Whether all nodes are announced as soon as they behave. */
  boolean announced;

  /** Maximum number of broadcasts that may be lost at the end before one arrives. */
  int lostAtTheEnd;

  /** Whether the history waits for streams, for 90 s. */
  boolean untilStreams;

  Script(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    latencyMicros = 50 + random.nextInt(500);
    nodes = 1 + random.nextInt(3);
    settings =
        FanoutSettings.DEFAULT.toBuilder()
            .workers(pick(1, 2, 10))
            .rpcTimeout(Duration.ofMillis(pick(500, 1_000, 2_000)))
            .drainTimeout(Duration.ofMillis(pick(0, 500, 2_000)))
            .build();
  }

  void settings(UnaryOperator<SettingsBuilder> change) {
    settings = change.apply(settings.toBuilder()).build();
  }

  void also(Invariant... invariants) {
    also.addAll(List.of(invariants));
  }

  int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  @SafeVarargs
  final <T> T oneOf(T... of) {
    return of[random.nextInt(of.length)];
  }

  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  // ---- events

  void at(long millis, String what, Consumer<Simulation> action) {
    events.add(new Event(millis, what, action));
  }

  /** Sends broadcasts at a rate, as one event. */
  void flow(long fromMillis, long untilMillis, int perSecond) {
    flow(fromMillis, untilMillis, perSecond, 24, 1);
  }

  void flow(long fromMillis, long untilMillis, int perSecond, int bytes, int rooms) {
    at(
        fromMillis,
        "%d broadcasts/s of %d bytes in %d rooms for %d ms"
            .formatted(perSecond, bytes, rooms, untilMillis - fromMillis),
        s -> {
          long every = TimeUnit.SECONDS.toNanos(1) / perSecond;
          long count = (untilMillis - fromMillis) * perSecond / 1_000;
          for (long i = 0; i < count; i++) {
            s.scheduler.after(
                i * every,
                () -> s.broadcast(FanoutName.DEFAULT, bytes, rooms < 2 ? 0 : s.roomOf(rooms)));
          }
        });
  }

  /** Changes the behaviour of one node, or of all. */
  void behave(long millis, String how, Consumer<Manners> change) {
    int which = random.nextInt(nodes);
    at(millis, "node " + which + " " + how, s -> s.node(which).behave(manners.andThen(change)));
  }

  void behaveAll(long millis, String how, Consumer<Manners> change) {
    at(
        millis,
        "all nodes " + how,
        s -> s.nodes().forEach(node -> node.behave(manners.andThen(change))));
  }

  void edit(long millis, UnaryOperator<SettingsBuilder> change, String what) {
    at(millis, "an edit: " + what, s -> s.edit(change));
  }

  List<Event> events() {
    return events.stream().sorted(Comparator.comparingLong(Event::atMillis)).toList();
  }
}
