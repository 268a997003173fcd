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
 * A writer of this replica's entry in the status of each resource. An entry is written when more
 * than a counter has changed: at once for a generation and at most every 5 s for its nodes. It is
 * restored after another writer removed it. For one thread.
 */
final class ReplicaReports {
  private final String replica;
  private final StatusWriter writer;
  private final WriteThrottle<ReplicaStatus> pace;
  private final TimeBoxedScan scan;
  private final DeletedResources deleted = new DeletedResources();
  private int confirmed;

  ReplicaReports(String replica, StatusWriter writer, LongSupplier nanoClock) {
    this.replica = replica;
    this.writer = writer;
    this.pace = new WriteThrottle<>(nanoClock);
    this.scan = new TimeBoxedScan(nanoClock);
  }

  void write(List<TrackedResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    Set<String> uids = resources.stream().map(TrackedResource::uid).collect(Collectors.toSet());
    pace.retain(uids);
    writer.retain(uids);
    deleted.since(resources).forEach(gone -> writer.withdrawEntry(gone, replica));
    scan.go(resources, resource -> write(resource, running.get(resource.name())));
  }

  private void write(TrackedResource resource, @Nullable FanoutSnapshot running) {
    ReplicaStatus due = ReplicaReport.of(replica, resource, running);
    ReplicaStatus key = ReplicaReport.withoutMessages(due);
    ReplicaStatus shown = resource.entries().get(replica);
    boolean same = shown != null && ReplicaReport.withoutMessages(shown).equals(key);
    boolean urgent =
        shown == null || !Objects.equals(shown.observedGeneration(), due.observedGeneration());
    if (!same && pace.allows(resource.uid(), key, urgent)) {
      writer.entry(resource.resource(), due);
      pace.wrote(resource.uid(), key);
    }
  }

  /**
   * Writes one entry again unchanged, which shows whether entries can be written; each call takes
   * another resource.
   */
  void confirm(List<TrackedResource> resources, Map<FanoutName, FanoutSnapshot> running) {
    List<TrackedResource> settled =
        resources.stream()
            .filter(resource -> isShown(resource, running.get(resource.name())))
            .toList();
    if (!settled.isEmpty()) {
      confirmed++;
      TrackedResource resource = settled.get(Math.floorMod(confirmed, settled.size()));
      ReplicaStatus shown = resource.entries().get(replica);
      if (shown != null) {
        writer.entry(resource.resource(), shown);
      }
    }
  }

  /**
   * Returns whether the watch shows the due entry, so that its copy is no older than the server's.
   */
  private boolean isShown(TrackedResource resource, @Nullable FanoutSnapshot running) {
    ReplicaStatus shown = resource.entries().get(replica);
    ReplicaStatus due = ReplicaReport.withoutMessages(ReplicaReport.of(replica, resource, running));
    return shown != null
        && ReplicaReport.withoutMessages(shown).equals(due)
        && pace.allows(resource.uid(), due, false);
  }

  /** Removes all entries of this replica: it ends. */
  void withdraw(List<TrackedResource> resources) {
    resources.stream()
        .filter(resource -> resource.entries().containsKey(replica))
        .forEach(resource -> writer.withdrawEntry(resource.resource(), replica));
  }
}
