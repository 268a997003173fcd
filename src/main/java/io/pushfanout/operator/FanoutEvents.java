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
 * Writes as Events what has happened to each fanout: each flip of a condition, and what differs
 * between two looks at it. Each reason has a {@link Pause} of its own. Who begins to write has seen
 * nothing happen yet. For one thread.
 */
final class FanoutEvents {
  private final BiConsumer<PushFanout, Happening> writer;
  private final Rounds rounds;
  private final LongSupplier nanoClock;

  /** By uid: another resource of the name has a story of its own. */
  private final Map<String, Story> stories = new HashMap<>();

  FanoutEvents(BiConsumer<PushFanout, Happening> writer, LongSupplier nanoClock) {
    this.writer = writer;
    this.rounds = new Rounds(nanoClock);
    this.nanoClock = nanoClock;
  }

  /** Notes a flip, for the next {@link #tell} that its pause allows. */
  void flipped(KnownResource resource, Happening flip) {
    story(resource).flipped(flip);
  }

  void tell(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    stories
        .keySet()
        .retainAll(resources.stream().map(KnownResource::uid).collect(Collectors.toSet()));
    rounds.go(resources, resource -> tell(resource, running.get(resource.name())));
  }

  private void tell(KnownResource resource, @Nullable FanoutSnapshot now) {
    story(resource).tell(now, happening -> writer.accept(resource.resource(), happening));
  }

  private Story story(KnownResource resource) {
    return stories.computeIfAbsent(resource.uid(), _ -> new Story(nanoClock));
  }

  /** Somebody else writes now. */
  void forget() {
    stories.clear();
  }
}
