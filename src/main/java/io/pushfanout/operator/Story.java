package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The occurrences at one resource that have no Event yet. For one thread.
 *
 * <p>A flip is recorded when it happens, since the next snapshot may show it undone. The other
 * reasons are differences between two snapshots, however often they occurred in between.
 */
final class Story {
  private final LongSupplier nanoClock;
  private final Map<EventRecord.Reason, Pause> pauses = new EnumMap<>(EventRecord.Reason.class);
  private final Map<EventRecord.Reason, FanoutSnapshot> looks =
      new EnumMap<>(EventRecord.Reason.class);
  private final Map<EventRecord.Reason, Flips> flips = new EnumMap<>(EventRecord.Reason.class);

  /**
   * Flips of one reason: the last message, their number, and the time of the first in nanoseconds.
   */
  private record Flips(String message, int count, long first) {}

  Story(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void flipped(EventRecord flip) {
    Flips one = new Flips(flip.message(), 1, nanoClock.getAsLong());
    flips.merge(
        flip.reason(),
        one,
        (before, now) -> new Flips(now.message(), before.count() + 1, before.first()));
  }

  /**
   * Writes the occurrences that their pauses allow. A failed write is retried by the next call.
   *
   * @param now the fanout; null while nothing runs
   */
  void write(@Nullable FanoutSnapshot now, Consumer<EventRecord> writer) {
    for (EventRecord.Reason reason : EventRecord.Reason.values()) {
      writeFlips(reason, writer);
      if (now == null) {
        looks.remove(reason);
      } else if (NodeEvents.REASONS.contains(reason)) {
        writeDifference(reason, now, writer);
      }
    }
  }

  private void writeFlips(EventRecord.Reason reason, Consumer<EventRecord> writer) {
    long nanos = nanoClock.getAsLong();
    Pause pause = pauses.get(reason);
    if (pause != null && !pause.isOver(nanos)) {
      return;
    }
    Flips happened = flips.get(reason);
    if (happened == null) {
      if (!looks.containsKey(reason)) {
        pauses.remove(reason);
      }
      return;
    }
    writer.accept(
        new EventRecord(
            reason,
            happened.message(),
            happened.count(),
            Duration.ofNanos(nanos - happened.first())));
    flips.remove(reason);
    pauses.put(reason, pause == null ? Pause.first(nanos) : pause.longer(nanos));
  }

  private void writeDifference(
      EventRecord.Reason reason, FanoutSnapshot now, Consumer<EventRecord> writer) {
    long nanos = nanoClock.getAsLong();
    Pause pause = pauses.computeIfAbsent(reason, _ -> Pause.first(nanos));
    FanoutSnapshot then = looks.putIfAbsent(reason, now);
    if (then == null || !pause.isOver(nanos)) {
      return;
    }
    Optional<EventRecord> happened = NodeEvents.between(reason, then, now);
    happened.ifPresent(writer);
    looks.put(reason, now);
    pauses.put(reason, happened.isPresent() ? pause.longer(nanos) : Pause.first(nanos));
  }
}
