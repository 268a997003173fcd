package io.pushfanout.app;

import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The restored values in force, for readiness and status. Any thread may call its methods. */
record CheckpointStatus(Checkpointed<List<FanoutSpec>> specs, Registry registry) {

  /**
   * Returns a line such as {@code serving saved state: resources of 12m ago}; empty if no saved
   * state is in force.
   */
  String line() {
    List<String> parts = new ArrayList<>();
    specs.restoredAge().ifPresent(age -> parts.add(part("resources", age)));
    registry.restoredAges().forEach((source, age) -> parts.add(part(source, age)));
    return parts.isEmpty() ? "" : "serving saved state: " + String.join(", ", parts);
  }

  private static String part(String source, Duration age) {
    return source + " of " + Age.text(age) + " ago";
  }

  /**
   * Returns the snapshots, with a problem first in each fanout whose resource or nodes are saved
   * ones.
   */
  List<FanoutSnapshot> addTo(List<FanoutSnapshot> fanouts) {
    Optional<Duration> resource = specs.restoredAge();
    Map<String, Duration> sources = registry.restoredAges();
    return resource.isEmpty() && sources.isEmpty()
        ? fanouts
        : fanouts.stream().map(fanout -> addTo(fanout, resource, sources)).toList();
  }

  private FanoutSnapshot addTo(
      FanoutSnapshot fanout, Optional<Duration> resource, Map<String, Duration> sources) {
    List<String> parts = new ArrayList<>();
    resource.ifPresent(age -> parts.add("its resource is as of " + Age.text(age) + " ago"));
    registry
        .sourceOf(fanout.name())
        .map(sources::get)
        .ifPresent(age -> parts.add("its nodes are as of " + Age.text(age) + " ago"));
    return parts.isEmpty()
        ? fanout
        : fanout.withProblem(
            new Problem(
                "",
                ProblemReason.SAVED_STATE,
                "served as it was saved before the start: " + String.join(", ", parts)));
  }
}
