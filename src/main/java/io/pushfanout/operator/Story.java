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
 * What has happened to one resource and has no Event yet. For one thread.
 *
 * <p>A flip is noted when it happens, since the next look may see it undone; the rest is the
 * difference between two looks, however often it happened in between.
 */
final class Story {
  private final LongSupplier nanoClock;
  private final Map<Happening.Reason, Pause> pauses = new EnumMap<>(Happening.Reason.class);
  private final Map<Happening.Reason, FanoutSnapshot> looks = new EnumMap<>(Happening.Reason.class);
  private final Map<Happening.Reason, Flips> flips = new EnumMap<>(Happening.Reason.class);

  /** Flips of one reason: the last one's message, how many, and when the first was. */
  private record Flips(String message, int count, long first) {}

  Story(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void flipped(Happening flip) {
    Flips one = new Flips(flip.message(), 1, nanoClock.getAsLong());
    flips.merge(
        flip.reason(),
        one,
        (before, now) -> new Flips(now.message(), before.count() + 1, before.first()));
  }

  /**
   * Writes what its pause allows. What cannot be written stays for the next time.
   *
   * @param now the fanout; null while nothing runs
   */
  void tell(@Nullable FanoutSnapshot now, Consumer<Happening> writer) {
    for (Happening.Reason reason : Happening.Reason.values()) {
      tellFlips(reason, writer);
      if (now == null) {
        looks.remove(reason);
      } else if (Happenings.REASONS.contains(reason)) {
        tellDifference(reason, now, writer);
      }
    }
  }

  private void tellFlips(Happening.Reason reason, Consumer<Happening> writer) {
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
        new Happening(
            reason,
            happened.message(),
            happened.count(),
            Duration.ofNanos(nanos - happened.first())));
    flips.remove(reason);
    pauses.put(reason, pause == null ? Pause.first(nanos) : pause.longer(nanos));
  }

  private void tellDifference(
      Happening.Reason reason, FanoutSnapshot now, Consumer<Happening> writer) {
    long nanos = nanoClock.getAsLong();
    Pause pause = pauses.computeIfAbsent(reason, _ -> Pause.first(nanos));
    FanoutSnapshot then = looks.putIfAbsent(reason, now);
    if (then == null || !pause.isOver(nanos)) {
      return;
    }
    Optional<Happening> happened = Happenings.between(reason, then, now);
    happened.ifPresent(writer);
    looks.put(reason, now);
    pauses.put(reason, happened.isPresent() ? pause.longer(nanos) : Pause.first(nanos));
  }
}
