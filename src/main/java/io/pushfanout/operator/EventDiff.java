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
final class EventDiff {
  private final BiConsumer<PushFanout, EventRecord> writer;
  private final TimeBoxedScan scan;
  private final LongSupplier nanoClock;

  /** Stories by uid: a new resource of the same name begins its own. */
  private final Map<String, Story> stories = new HashMap<>();

  EventDiff(BiConsumer<PushFanout, EventRecord> writer, LongSupplier nanoClock) {
    this.writer = writer;
    this.scan = new TimeBoxedScan(nanoClock);
    this.nanoClock = nanoClock;
  }

  /** Records a flip for the next {@link #write} that its pause allows. */
  void flipped(TrackedResource resource, EventRecord flip) {
    story(resource).flipped(flip);
  }

  void write(List<TrackedResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    stories
        .keySet()
        .retainAll(resources.stream().map(TrackedResource::uid).collect(Collectors.toSet()));
    scan.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  private void write(TrackedResource resource, @Nullable FanoutSnapshot now) {
    story(resource).write(now, happening -> writer.accept(resource.resource(), happening));
  }

  private Story story(TrackedResource resource) {
    return stories.computeIfAbsent(resource.uid(), _ -> new Story(nanoClock));
  }

  /** Drops all stories: another replica writes now. */
  void reset() {
    stories.clear();
  }
}
