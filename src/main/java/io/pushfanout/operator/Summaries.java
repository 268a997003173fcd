package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what all replicas together say of each resource, where that has changed: a condition that
 * flips or sees a new generation at once, numbers of nodes at most every 5 s. Takes the entries of
 * replicas that are gone away. Two of these at work write the same. For one thread.
 */
final class Summaries {
  private static final Logger log = LoggerFactory.getLogger(Summaries.class);

  private final StatusWriter writer;
  private final Replicas replicas;
  private final BooleanSupplier elected;
  private final Clock clock;
  private final Pace<Summary> pace;
  private final Rounds rounds;
  private final Departures departures = new Departures();

  /**
   * @param elected asked before each write, for a round may outlast a Lease
   */
  Summaries(
      StatusWriter writer,
      Replicas replicas,
      BooleanSupplier elected,
      Clock clock,
      LongSupplier nanoClock) {
    this.writer = writer;
    this.replicas = replicas;
    this.elected = elected;
    this.clock = clock;
    this.pace = new Pace<>(nanoClock);
    this.rounds = new Rounds(nanoClock);
  }

  void write(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    pace.retain(resources.stream().map(KnownResource::uid).collect(Collectors.toSet()));
    List<PushFanout> departed = departures.since(resources);
    if (!elected.getAsBoolean()) {
      return;
    }
    departed.forEach(writer::withdrawSummary);
    if (resources.stream().map(KnownResource::entries).anyMatch(this::isDoubtful)) {
      replicas.look(); // One that has just ended is not waited for, one that is back is not gone.
    }
    rounds.go(resources, resource -> write(resource, running.get(resource.name())));
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
    if (current || resource.refusal() != null) { // What we do not run yet we cannot judge.
      write(
          resource,
          resource.resource().getStatus(),
          Summary.of(resource, replicas.alive(), entries.values(), running));
    }
  }

  private boolean isDoubtful(Map<String, ReplicaStatus> entries) {
    return !entries.keySet().containsAll(replicas.alive())
        || !replicas.gone(entries.keySet()).isEmpty();
  }

  private void write(KnownResource resource, @Nullable PushFanoutStatus shown, Summary due) {
    Map<String, Condition> conditions = new HashMap<>();
    if (shown != null && shown.conditions() != null) {
      shown.conditions().forEach(condition -> conditions.put(condition.getType(), condition));
    }
    boolean urgent =
        due.verdicts().stream()
            .anyMatch(verdict -> hasFlipped(conditions.get(verdict.type()), verdict, due));
    boolean same =
        due.verdicts().stream().allMatch(v -> isShown(conditions.get(v.type()), v, due))
            && shown != null
            && Objects.equals(shown.nodes(), due.nodes())
            && Objects.equals(shown.readyNodes(), due.readyNodes())
            && Objects.equals(shown.slowNodes(), due.slowNodes());
    if (!same && elected.getAsBoolean() && pace.allows(resource.uid(), due, urgent)) {
      writer.summary(
          resource.resource(),
          PushFanoutStatus.ofSummary(
              due.generation(),
              due.verdicts().stream()
                  .map(verdict -> condition(conditions.get(verdict.type()), verdict, due))
                  .toList(),
              due.nodes(),
              due.readyNodes(),
              due.slowNodes()));
      pace.wrote(resource.uid(), due);
    }
  }

  /** Whether somebody waits for it. */
  private static boolean hasFlipped(
      @Nullable Condition shown, Summary.Verdict verdict, Summary summary) {
    return shown == null
        || !shown.getStatus().equals(text(verdict))
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
        shown != null && shown.getStatus().equals(text(verdict))
            ? shown.getLastTransitionTime()
            : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new ConditionBuilder()
        .withType(verdict.type())
        .withStatus(text(verdict))
        .withReason(verdict.reason())
        .withMessage(verdict.message())
        .withObservedGeneration(summary.generation())
        .withLastTransitionTime(since)
        .build();
  }

  private static String text(Summary.Verdict verdict) {
    return verdict.status() ? "True" : "False";
  }
}
