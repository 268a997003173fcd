package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  private static final String NODES_CONNECTED = "NodesConnected";

  private final StatusWriter writer;
  private final Replicas replicas;
  private final Clock clock;
  private final Pace<Summary> pace;

  Summaries(StatusWriter writer, Replicas replicas, Clock clock, LongSupplier nanoClock) {
    this.writer = writer;
    this.replicas = replicas;
    this.clock = clock;
    this.pace = new Pace<>(nanoClock);
  }

  void write(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    pace.retain(resources.stream().map(KnownResource::uid).collect(Collectors.toSet()));
    if (resources.stream().map(KnownResource::entries).anyMatch(this::isDoubtful)) {
      replicas.look(); // One that has just ended is not waited for, one that is back is not gone.
    }
    for (KnownResource resource : resources) {
      Map<String, ReplicaStatus> entries = resource.entries();
      for (String gone : replicas.gone(Set.copyOf(entries.keySet()))) {
        log.info("the entry of replica {} in {} goes with it", gone, resource.name());
        writer.withdraw(resource.resource(), gone);
        entries.remove(gone);
      }
      write(
          resource,
          resource.resource().getStatus(),
          Summary.of(resource, replicas.alive(), entries.values(), running.get(resource.name())));
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
    List<String> changed =
        due.verdicts().stream()
            .filter(verdict -> differs(conditions.get(verdict.type()), verdict, due))
            .map(Summary.Verdict::type)
            .toList();
    boolean same =
        changed.isEmpty()
            && shown != null
            && Objects.equals(shown.nodes(), due.nodes())
            && Objects.equals(shown.readyNodes(), due.readyNodes())
            && Objects.equals(shown.slowNodes(), due.slowNodes());
    boolean urgent = changed.stream().anyMatch(type -> !type.equals(NODES_CONNECTED));
    if (!same && pace.allows(resource.uid(), due, urgent)) {
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

  private static boolean differs(
      @Nullable Condition shown, Summary.Verdict verdict, Summary summary) {
    return shown == null
        || !shown.getStatus().equals(text(verdict))
        || !verdict.reason().equals(shown.getReason())
        || !verdict.message().equals(shown.getMessage())
        || shown.getObservedGeneration() == null
        || shown.getObservedGeneration() != summary.generation();
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
