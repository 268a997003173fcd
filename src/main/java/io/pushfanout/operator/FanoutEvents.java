package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A writer of Events for each fanout: each flip of a condition, and the difference between two
 * snapshots. Each reason has a {@link Pause} of its own. A replica that begins to write compares
 * with its own first snapshot, so it reports nothing from before. For one thread.
 */
final class FanoutEvents {
  private final BiConsumer<PushFanout, Happening> writer;
  private final Rounds rounds;
  private final LongSupplier nanoClock;

  /** Stories by uid: a new resource of the same name begins its own. */
  private final Map<String, Story> stories = new HashMap<>();

  FanoutEvents(BiConsumer<PushFanout, Happening> writer, LongSupplier nanoClock) {
    this.writer = writer;
    this.rounds = new Rounds(nanoClock);
    this.nanoClock = nanoClock;
  }

  /** Records a flip for the next {@link #write} that its pause allows. */
  void flipped(KnownResource resource, Happening flip) {
    story(resource).flipped(flip);
  }

  void write(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    stories
        .keySet()
        .retainAll(resources.stream().map(KnownResource::uid).collect(Collectors.toSet()));
    rounds.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  private void write(KnownResource resource, @Nullable FanoutSnapshot now) {
    story(resource).write(now, happening -> writer.accept(resource.resource(), happening));
  }

  private Story story(KnownResource resource) {
    return stories.computeIfAbsent(resource.uid(), _ -> new Story(nanoClock));
  }

  /** Drops all stories: another replica writes now. */
  void reset() {
    stories.clear();
  }
}
