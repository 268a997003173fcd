package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells as Events what has happened to each fanout since that was last told. A fanout to which
 * something happens again and again is told of less and less often, up to once in five minutes,
 * each time of all that has happened since. Who begins to tell has seen nothing happen yet. For one
 * thread.
 */
final class FanoutEvents {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final BiConsumer<PushFanout, Happening> writer;
  private final Rounds rounds;
  private final LongSupplier nanoClock;
  private final Map<FanoutName, Told> told = new HashMap<>();

  /**
   * @param uid of the resource: another one of the name has a story of its own
   */
  private record Told(String uid, FanoutSnapshot then, long nanos, Duration pause) {}

  FanoutEvents(BiConsumer<PushFanout, Happening> writer, LongSupplier nanoClock) {
    this.writer = writer;
    this.rounds = new Rounds(nanoClock);
    this.nanoClock = nanoClock;
  }

  void tell(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    told.keySet().retainAll(running.keySet());
    rounds.go(resources, resource -> tell(resource, running.get(resource.name())));
  }

  private void tell(KnownResource resource, @Nullable FanoutSnapshot now) {
    if (now == null) {
      return;
    }
    long nanos = nanoClock.getAsLong();
    Told last = told.get(resource.name());
    if (last == null || !last.uid().equals(resource.uid())) {
      told.put(resource.name(), new Told(resource.uid(), now, nanos, FIRST_PAUSE));
    } else if (nanos - last.nanos() >= last.pause().toNanos()) {
      List<Happening> happened = Happenings.between(last.then(), now);
      Duration pause = happened.isEmpty() ? FIRST_PAUSE : longer(last.pause());
      told.put(resource.name(), new Told(resource.uid(), now, nanos, pause));
      happened.forEach(happening -> writer.accept(resource.resource(), happening));
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** Somebody else tells now. */
  void forget() {
    told.clear();
  }
}
