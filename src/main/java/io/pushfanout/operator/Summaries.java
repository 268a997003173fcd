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
 * A writer of the summary of all replicas in each resource's status. A condition that flips or sees
 * a new generation is written at once, numbers of nodes at most every 5 s. It also removes the
 * entries of replicas that are gone. Two concurrent writers write the same. For one thread.
 */
final class Summaries {
  private static final Logger log = LoggerFactory.getLogger(Summaries.class);

  /**
   * Time budget of the last round, shorter than the time that an ending process waits for the API
   * server.
   */
  private static final Duration LEAVING = Duration.ofSeconds(4);

  private final StatusWriter writer;
  private final Replicas replicas;
  private final BooleanSupplier elected;
  private final BiConsumer<KnownResource, Happening> flips;
  private final Clock clock;
  private final Pace<Summary> pace;
  private final Rounds rounds;
  private final Rounds lastRound;
  private final Departures departures = new Departures();

  /**
   * @param elected evaluated before each write, for a round may outlast a Lease
   * @param flips receives each flip of a condition after it is written
   */
  Summaries(
      StatusWriter writer,
      Replicas replicas,
      BooleanSupplier elected,
      BiConsumer<KnownResource, Happening> flips,
      Clock clock,
      LongSupplier nanoClock) {
    this.writer = writer;
    this.replicas = replicas;
    this.elected = elected;
    this.flips = flips;
    this.clock = clock;
    this.pace = new Pace<>(nanoClock);
    this.rounds = new Rounds(nanoClock);
    this.lastRound = new Rounds(nanoClock, LEAVING);
  }

  void write(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    pace.retain(resources.stream().map(KnownResource::uid).collect(Collectors.toSet()));
    List<PushFanout> departed = departures.since(resources);
    if (!elected.getAsBoolean()) {
      return;
    }
    departed.forEach(writer::withdrawSummary);
    if (resources.stream().map(KnownResource::entries).anyMatch(this::isStale)) {
      replicas.look(); // An ended replica is not waited for, a returned one is not gone.
    }
    rounds.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  /** Sets the conditions that only a replica can observe to unknown: the last replica ends. */
  void leave(List<KnownResource> resources) {
    lastRound.go(
        resources.stream().filter(resource -> resource.resource().getStatus() != null).toList(),
        resource -> put(resource, Summary.withoutReplicas(resource)));
  }

  private void write(KnownResource resource, @Nullable FanoutSnapshot running) {
    Map<String, ReplicaStatus> entries = resource.entries();
    for (String gone : replicas.gone(Set.copyOf(entries.keySet()))) {
      if (elected.getAsBoolean()) {
        writer.prune(resource.resource(), gone);
        log.info("the entry of replica {} in {} goes with it", gone, resource.name());
      }
      entries.remove(gone);
    }
    boolean current = running != null && running.generation() == resource.generation();
    if (current || resource.refusal() != null) { // Another generation cannot be judged yet.
      Summary due = Summary.of(resource, replicas.alive(), entries.values(), running);
      if (isDue(resource, due) && elected.getAsBoolean()) {
        put(resource, due);
      }
    }
  }

  private boolean isStale(Map<String, ReplicaStatus> entries) {
    return !entries.keySet().containsAll(replicas.alive())
        || !replicas.gone(entries.keySet()).isEmpty();
  }

  private boolean isDue(KnownResource resource, Summary due) {
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
    return !same && pace.allows(resource.uid(), due, urgent);
  }

  private static Map<String, Condition> conditions(@Nullable PushFanoutStatus shown) {
    Map<String, Condition> conditions = new HashMap<>();
    if (shown != null && shown.conditions() != null) {
      shown.conditions().forEach(condition -> conditions.put(condition.getType(), condition));
    }
    return conditions;
  }

  private void put(KnownResource resource, Summary due) {
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
    pace.wrote(resource.uid(), due);
    due.verdicts().stream()
        .filter(verdict -> getsEvent(shown.get(verdict.type()), verdict))
        .forEach(verdict -> flips.accept(resource, Happening.ofFlip(verdict)));
  }

  /** Returns whether a flip gets an Event. A change to or from Unknown gets one for Ready only. */
  private static boolean getsEvent(@Nullable Condition shown, Summary.Verdict verdict) {
    if (shown == null) {
      return verdict.type().equals("Accepted") && !verdict.holds();
    }
    boolean seen =
        verdict.status() != Summary.Status.UNKNOWN
            && !shown.getStatus().equals(Summary.Status.UNKNOWN.text());
    return !shown.getStatus().equals(verdict.status().text())
        && (seen || verdict.type().equals("Ready"));
  }

  /** Returns whether the status or the generation of a condition has changed. */
  private static boolean hasFlipped(
      @Nullable Condition shown, Summary.Verdict verdict, Summary summary) {
    return shown == null
        || !shown.getStatus().equals(verdict.status().text())
        || !Objects.equals(shown.getObservedGeneration(), summary.generation());
  }

  private static boolean isShown(
      @Nullable Condition shown, Summary.Verdict verdict, Summary summary) {
    return shown != null
        && !hasFlipped(shown, verdict, summary)
        && verdict.reason().equals(shown.getReason())
        && verdict.message().equals(shown.getMessage());
  }

  private Condition condition(@Nullable Condition shown, Summary.Verdict verdict, Summary summary) {
    String since =
        shown != null && shown.getStatus().equals(verdict.status().text())
            ? shown.getLastTransitionTime()
            : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new ConditionBuilder()
        .withType(verdict.type())
        .withStatus(verdict.status().text())
        .withReason(verdict.reason())
        .withMessage(verdict.message())
        .withObservedGeneration(summary.generation())
        .withLastTransitionTime(since)
        .build();
  }
}
