package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This replica's entry in the status of each resource: written when something but a counter has
 * changed, at once for a generation and at most every 5 s for its nodes, and again where somebody
 * has taken it away. For one thread.
 */
final class ReplicaReports {
  private final String replica;
  private final StatusWriter writer;
  private final Pace<ReplicaStatus> pace;
  private final Rounds rounds;
  private final Departures departures = new Departures();
  private int confirmed;

  ReplicaReports(String replica, StatusWriter writer, LongSupplier nanoClock) {
    this.replica = replica;
    this.writer = writer;
    this.pace = new Pace<>(nanoClock);
    this.rounds = new Rounds(nanoClock);
  }

  void write(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    Set<String> uids = resources.stream().map(KnownResource::uid).collect(Collectors.toSet());
    pace.retain(uids);
    writer.retain(uids);
    departures.since(resources).forEach(gone -> writer.withdrawEntry(gone, replica));
    rounds.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  private void write(KnownResource resource, @Nullable FanoutSnapshot running) {
    ReplicaStatus due = ReplicaReport.of(replica, resource, running);
    ReplicaStatus what = ReplicaReport.withoutMessages(due);
    ReplicaStatus shown = resource.entries().get(replica);
    boolean same = shown != null && ReplicaReport.withoutMessages(shown).equals(what);
    boolean urgent =
        shown == null || !Objects.equals(shown.observedGeneration(), due.observedGeneration());
    if (!same && pace.allows(resource.uid(), what, urgent)) {
      writer.entry(resource.resource(), due);
      pace.wrote(resource.uid(), what);
    }
  }

  /**
   * Writes an entry once more as it stands there, which changes nothing and shows whether it could
   * be changed: another resource's each time.
   */
  void confirm(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    List<KnownResource> settled =
        resources.stream()
            .filter(resource -> isShown(resource, running.get(resource.name())))
            .toList();
    if (!settled.isEmpty()) {
      confirmed++;
      KnownResource resource = settled.get(Math.floorMod(confirmed, settled.size()));
      ReplicaStatus shown = resource.entries().get(replica);
      if (shown != null) {
        writer.entry(resource.resource(), shown);
      }
    }
  }

  /** Whether the watch shows what is due, so that what it shows is no older than what is there. */
  private boolean isShown(KnownResource resource, @Nullable FanoutSnapshot running) {
    ReplicaStatus shown = resource.entries().get(replica);
    ReplicaStatus due = ReplicaReport.withoutMessages(ReplicaReport.of(replica, resource, running));
    return shown != null
        && ReplicaReport.withoutMessages(shown).equals(due)
        && pace.allows(resource.uid(), due, false);
  }

  /** This replica ends: its entries go, where there are any. */
  void withdraw(List<KnownResource> resources) {
    resources.stream()
        .filter(resource -> resource.entries().containsKey(replica))
        .forEach(resource -> writer.withdrawEntry(resource.resource(), replica));
  }
}
