package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The summary of all replicas for one resource: its conditions and sums. Pure.
 *
 * @param nodes the largest number of nodes of a replica
 * @param readyNodes the smallest number of connected nodes of a replica
 * @param slowNodes the largest number of slow nodes of a replica
 */
record AggregatedStatus(
    long generation, List<Verdict> verdicts, int nodes, int readyNodes, int slowNodes) {
  /** Conditions that need a running replica. */
  private static final List<String> OF_RUNNING =
      List.of("Conflicted", "DiscoverySynced", "Programmed", "NodesConnected", "Ready");

  /**
   * A condition without its times.
   *
   * @param type such as Ready
   * @param reason CamelCase, for programs
   * @param message one sentence, for people
   */
  record Verdict(String type, Status status, String reason, String message) {
    Verdict(String type, boolean holds, String reason, String message) {
      this(type, holds ? Status.TRUE : Status.FALSE, reason, message);
    }

    boolean holds() {
      return status == Status.TRUE;
    }
  }

  /** The status of a condition. */
  enum Status {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** Returns the status in Kubernetes' notation. */
    String text() {
      return text;
    }
  }

  /**
   * Returns the summary of the replicas' entries.
   *
   * @param alive the replicas that have to run the generation
   * @param entries the entries of all replicas
   * @param running this replica's running fanout; null when there is none
   */
  static AggregatedStatus of(
      TrackedResource resource,
      Set<String> alive,
      Collection<ReplicaStatus> entries,
      @Nullable FanoutSnapshot running) {
    int nodes = entries.stream().mapToInt(entry -> orZero(entry.nodes())).max().orElse(0);
    int ready = entries.stream().mapToInt(entry -> orZero(entry.readyNodes())).min().orElse(0);
    int slow = entries.stream().mapToInt(entry -> orZero(entry.slowNodes())).max().orElse(0);
    Verdict accepted = accepted(resource.refusal());
    Verdict synced = synced(running);
    Verdict programmed = programmed(resource, alive, entries);
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(accepted);
    verdicts.add(conflicted(running));
    verdicts.add(synced);
    verdicts.add(programmed);
    verdicts.add(connected(nodes, ready));
    verdicts.add(ready(accepted, synced, programmed, nodes));
    return new AggregatedStatus(resource.generation(), verdicts, nodes, ready, slow);
  }

  /**
   * Returns the summary after the last replica has ended: only the verdict on the spec still holds.
   */
  static AggregatedStatus withoutReplicas(TrackedResource resource) {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(accepted(resource.refusal()));
    for (String type : OF_RUNNING) {
      verdicts.add(
          new Verdict(type, Status.UNKNOWN, "NoReplica", "no replica of PushFanout is running"));
    }
    return new AggregatedStatus(resource.generation(), verdicts, 0, 0, 0);
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  private static Verdict accepted(@Nullable SettingException refusal) {
    return refusal == null
        ? new Verdict("Accepted", true, "Valid", "the spec is valid")
        : new Verdict(
            "Accepted",
            false,
            refusal instanceof NotAllowedException notAllowed ? notAllowed.reason() : "Invalid",
            path(refusal.field()) + ": " + refusal.problem());
  }

  private static String path(String field) {
    return field.startsWith("metadata.") || field.equals("spec") ? field : "spec." + field;
  }

  /** Returns the problem of a fanout's discovery. */
  private static Optional<Problem> discoveryTrouble(FanoutSnapshot of) {
    return Problem.first(
        of.problems(), ProblemReason.DISCOVERY_DEGRADED, ProblemReason.DISCOVERY_REFUSED);
  }

  private static Verdict conflicted(@Nullable FanoutSnapshot running) {
    return running == null || running.conflicts().isEmpty()
        ? new Verdict("Conflicted", false, "NoConflict", "no other resource owns its nodes")
        : new Verdict("Conflicted", true, "NodesOwned", NodeEvents.describe(running.conflicts()));
  }

  private static Verdict synced(@Nullable FanoutSnapshot running) {
    Optional<Problem> trouble = running == null ? Optional.empty() : discoveryTrouble(running);
    boolean refused =
        trouble.filter(found -> found.reason() == ProblemReason.DISCOVERY_REFUSED).isPresent();
    if (running == null || !running.discovered()) {
      return new Verdict(
          "DiscoverySynced",
          false,
          refused ? "Refused" : "NotAnswered",
          trouble.map(Problem::message).orElse("its discovery has not been answered yet"));
    }
    return running.degraded()
        ? new Verdict(
            "DiscoverySynced",
            false,
            refused ? "Refused" : "Unreachable",
            trouble.map(Problem::message).orElse("the last good nodes stay in force"))
        : new Verdict("DiscoverySynced", true, "Synced", "its nodes are known");
  }

  private static Verdict programmed(
      TrackedResource resource, Set<String> alive, Collection<ReplicaStatus> entries) {
    if (resource.refusal() != null) {
      return new Verdict(
          "Programmed",
          false,
          "NotAccepted",
          resource.spec() == null
              ? "nothing runs"
              : "the last valid spec, of generation " + resource.spec().generation() + ", runs");
    }
    Set<String> current =
        entries.stream()
            .filter(entry -> Objects.equals(entry.observedGeneration(), resource.generation()))
            .map(ReplicaStatus::name)
            .collect(Collectors.toSet());
    List<String> missing = alive.stream().filter(name -> !current.contains(name)).sorted().toList();
    return missing.isEmpty()
        ? new Verdict("Programmed", true, "Programmed", "every replica runs this generation")
        : new Verdict("Programmed", false, "Pending", "waiting for " + String.join(", ", missing));
  }

  private static Verdict connected(int nodes, int ready) {
    if (nodes == 0) {
      return new Verdict("NodesConnected", true, "NoNodes", "there are no nodes");
    }
    return ready == nodes
        ? new Verdict("NodesConnected", true, "AllConnected", "all nodes are connected")
        : new Verdict(
            "NodesConnected",
            false,
            "NotAllConnected",
            "%d of %d nodes are not connected".formatted(nodes - ready, nodes));
  }

  private static Verdict ready(Verdict accepted, Verdict synced, Verdict programmed, int nodes) {
    for (Verdict needed : List.of(accepted, synced, programmed)) {
      if (!needed.holds()) {
        return new Verdict("Ready", false, "Not" + needed.type(), needed.message());
      }
    }
    return nodes == 0
        ? new Verdict("Ready", true, "NoNodes", "ready, and there are no nodes")
        : new Verdict("Ready", true, "Ready", "broadcasts reach its nodes");
  }
}
