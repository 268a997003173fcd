package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A writer of the aggregated status of all replicas into each resource. A changed condition or
 * generation is written at once, numbers of nodes at most every 5 s. It also removes the entries of
 * replicas that are gone. Two concurrent writers write the same. For one thread.
 */
final class StatusAggregator {
  private static final Logger log = LoggerFactory.getLogger(StatusAggregator.class);

  /**
   * Time budget of the last round, shorter than the time that an ending process waits for the API
   * server.
   */
  private static final Duration LAST_ROUND_BUDGET = Duration.ofSeconds(4);

  private final StatusWriter writer;
  private final Replicas replicas;
  private final BooleanSupplier elected;
  private final BiConsumer<TrackedResource, EventRecord> onFlip;
  private final Clock clock;
  private final WriteThrottle<AggregatedStatus> throttle;
  private final TimeBoxedScan scan;
  private final TimeBoxedScan lastScan;
  private final DeletedResources deleted = new DeletedResources();

  /**
   * @param elected evaluated before each write, because a round may outlast a Lease
   * @param onFlip receives each flip of a condition after it is written
   */
  StatusAggregator(
      StatusWriter writer,
      Replicas replicas,
      BooleanSupplier elected,
      BiConsumer<TrackedResource, EventRecord> onFlip,
      Clock clock,
      LongSupplier nanoClock) {
    this.writer = writer;
    this.replicas = replicas;
    this.elected = elected;
    this.onFlip = onFlip;
    this.clock = clock;
    this.throttle = new WriteThrottle<>(nanoClock);
    this.scan = new TimeBoxedScan(nanoClock);
    this.lastScan = new TimeBoxedScan(nanoClock, LAST_ROUND_BUDGET);
  }

  void write(List<TrackedResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    throttle.retain(resources.stream().map(TrackedResource::uid).collect(Collectors.toSet()));
    List<PushFanout> departed = deleted.since(resources);
    if (!elected.getAsBoolean()) {
      return;
    }
    departed.forEach(writer::withdrawSummary);
    if (resources.stream().map(TrackedResource::entries).anyMatch(this::membersDiffer)) {
      replicas.look(); // Fresh Leases drop ended replicas and count returned ones.
    }
    scan.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  /** Sets each condition that needs a running replica to Unknown, as the last replica ends. */
  void leave(List<TrackedResource> resources) {
    lastScan.go(
        resources.stream().filter(resource -> resource.resource().getStatus() != null).toList(),
        resource -> put(resource, AggregatedStatus.withoutReplicas(resource)));
  }

  private void write(TrackedResource resource, @Nullable FanoutSnapshot running) {
    Map<String, ReplicaStatus> entries = resource.entries();
    for (String gone : replicas.gone(Set.copyOf(entries.keySet()))) {
      if (elected.getAsBoolean()) {
        writer.prune(resource.resource(), gone);
        log.info(
            "removed the entry of the gone replica {} from the status of {}",
            gone,
            resource.name());
      }
      entries.remove(gone);
    }
    boolean current = running != null && running.generation() == resource.generation();
    // The status of a generation that the engine does not run yet would be stale.
    if (current || resource.refusal() != null) {
      AggregatedStatus due =
          AggregatedStatus.of(resource, replicas.alive(), entries.values(), running);
      if (isDue(resource, due) && elected.getAsBoolean()) {
        put(resource, due);
      }
    }
  }

  private boolean membersDiffer(Map<String, ReplicaStatus> entries) {
    return !entries.keySet().containsAll(replicas.alive())
        || !replicas.gone(entries.keySet()).isEmpty();
  }

  private boolean isDue(TrackedResource resource, AggregatedStatus due) {
    PushFanoutStatus shown = resource.resource().getStatus();
    Map<String, Condition> conditions = conditions(shown);
    boolean same =
        due.verdicts().stream().allMatch(v -> isShown(conditions.get(v.type()), v, due))
            && shown != null
            && Objects.equals(shown.observedGeneration(), due.generation())
            && Objects.equals(shown.nodes(), due.nodes())
            && Objects.equals(shown.readyNodes(), due.readyNodes())
            && Objects.equals(shown.slowNodes(), due.slowNodes());
    boolean urgent =
        due.verdicts().stream()
            .anyMatch(verdict -> hasFlipped(conditions.get(verdict.type()), verdict, due));
    return !same && throttle.allows(resource.uid(), due, urgent);
  }

  private static Map<String, Condition> conditions(@Nullable PushFanoutStatus shown) {
    Map<String, Condition> conditions = new HashMap<>();
    if (shown != null && shown.conditions() != null) {
      shown.conditions().forEach(condition -> conditions.put(condition.getType(), condition));
    }
    return conditions;
  }

  private void put(TrackedResource resource, AggregatedStatus due) {
    Map<String, Condition> shown = conditions(resource.resource().getStatus());
    writer.summary(
        resource.resource(),
        PushFanoutStatus.ofSummary(
            due.generation(),
            due.verdicts().stream()
                .map(verdict -> condition(shown.get(verdict.type()), verdict, due))
                .toList(),
            due.nodes(),
            due.readyNodes(),
            due.slowNodes()));
    throttle.wrote(resource.uid(), due);
    due.verdicts().stream()
        .filter(verdict -> getsEvent(shown.get(verdict.type()), verdict))
        .forEach(verdict -> onFlip.accept(resource, EventRecord.ofFlip(verdict)));
  }

  /** Returns whether a flip gets an Event. A change to or from Unknown gets one for Ready only. */
  private static boolean getsEvent(@Nullable Condition shown, AggregatedStatus.Verdict verdict) {
    if (shown == null) {
      return verdict.type().equals("Accepted") && !verdict.holds();
    }
    boolean seen =
        verdict.status() != AggregatedStatus.Status.UNKNOWN
            && !shown.getStatus().equals(AggregatedStatus.Status.UNKNOWN.text());
    return !shown.getStatus().equals(verdict.status().text())
        && (seen || verdict.type().equals("Ready"));
  }

  /** Returns whether the status or the generation of a condition has changed. */
  private static boolean hasFlipped(
      @Nullable Condition shown, AggregatedStatus.Verdict verdict, AggregatedStatus aggregated) {
    return shown == null
        || !shown.getStatus().equals(verdict.status().text())
        || !Objects.equals(shown.getObservedGeneration(), aggregated.generation());
  }

  private static boolean isShown(
      @Nullable Condition shown, AggregatedStatus.Verdict verdict, AggregatedStatus aggregated) {
    return shown != null
        && !hasFlipped(shown, verdict, aggregated)
        && verdict.reason().equals(shown.getReason())
        && verdict.message().equals(shown.getMessage());
  }

  private Condition condition(
      @Nullable Condition shown, AggregatedStatus.Verdict verdict, AggregatedStatus aggregated) {
    String since =
        shown != null && shown.getStatus().equals(verdict.status().text())
            ? shown.getLastTransitionTime()
            : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new ConditionBuilder()
        .withType(verdict.type())
        .withStatus(verdict.status().text())
        .withReason(verdict.reason())
        .withMessage(verdict.message())
        .withObservedGeneration(aggregated.generation())
        .withLastTransitionTime(since)
        .build();
  }
}
