package io.pushfanout.app;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The ages of saved state in force, for readiness, status and metrics. Any thread may call its
 * methods.
 */
final class CheckpointStatus {
  private final Supplier<Optional<Instant>> resources;
  private final Registry registry;
  private final Clock clock;

  /**
   * @param resources the time at which the saved resources in force were current; empty if none are
   *     in force
   */
  CheckpointStatus(Supplier<Optional<Instant>> resources, Registry registry, Clock clock) {
    this.resources = resources;
    this.registry = registry;
    this.clock = clock;
  }

  Optional<Duration> ageOfResources() {
    return resources.get().map(this::age);
  }

  SortedMap<String, Duration> agesOfServices() {
    SortedMap<String, Duration> ages = new TreeMap<>();
    registry.savedAsOf().forEach((service, asOf) -> ages.put(service, age(asOf)));
    return ages;
  }

  private Duration age(Instant asOf) {
    return Duration.between(asOf, clock.instant());
  }

  /**
   * Returns a line such as {@code serving saved state: resources of 12m ago}; empty if no saved
   * state is in force.
   */
  String line() {
    List<String> parts = new ArrayList<>();
    ageOfResources().ifPresent(age -> parts.add(part("resources", age)));
    agesOfServices().forEach((service, age) -> parts.add(part(service, age)));
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
    Optional<Duration> resource = ageOfResources();
    Map<String, Duration> services = agesOfServices();
    return resource.isEmpty() && services.isEmpty()
        ? fanouts
        : fanouts.stream().map(fanout -> addTo(fanout, resource, services)).toList();
  }

  private FanoutSnapshot addTo(
      FanoutSnapshot fanout, Optional<Duration> resource, Map<String, Duration> services) {
    List<String> parts = new ArrayList<>();
    resource.ifPresent(age -> parts.add("its resource is as of " + Age.text(age) + " ago"));
    registry
        .serviceOf(fanout.name())
        .map(services::get)
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
