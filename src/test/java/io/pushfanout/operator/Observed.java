package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.ReplicaStatus;
import io.pushfanout.plan.Plan.Conflict;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A fanout, its nodes and its resource, for tests of the status. */
final class Observed {
  static final FanoutName CHAT = FanoutName.parse("prod/chat");
  static final FanoutName OLDER = FanoutName.parse("prod/older");

  private Observed() {}

  static NodeSnapshot node(String address, NodeState state) {
    return node(address, state, 0);
  }

  static NodeSnapshot node(String address, NodeState state, long droppedForFullQueue) {
    return new NodeSnapshot(
        NodeAddress.parse(address),
        CHAT,
        FanoutSettings.DEFAULT,
        state,
        Duration.ZERO,
        state == NodeState.CONNECTED || state == NodeState.SLOW,
        true,
        "",
        TransportMode.UNARY,
        Routing.EVERYTHING,
        0,
        List.of(),
        new NodeLedger(
            0,
            0,
            Map.of(),
            0,
            droppedForFullQueue == 0
                ? Map.of()
                : Map.of(DropReason.QUEUE_FULL, droppedForFullQueue),
            0,
            0,
            0));
  }

  static FanoutSnapshot fanout(NodeSnapshot... nodes) {
    return fanout(1, List.of(), nodes);
  }

  static FanoutSnapshot fanout(long generation, List<Problem> problems, NodeSnapshot... nodes) {
    return new FanoutSnapshot(
        CHAT, generation, FanoutSettings.DEFAULT, List.of(nodes), problems, true, false, List.of());
  }

  static FanoutSnapshot undiscovered(FanoutSnapshot of) {
    return with(of, of.settings(), false, of.degraded(), of.conflicts());
  }

  static FanoutSnapshot degraded(FanoutSnapshot of) {
    return with(of, of.settings(), of.discovered(), true, of.conflicts());
  }

  static FanoutSnapshot resized(FanoutSnapshot of, FanoutSettings settings) {
    return with(of, settings, of.discovered(), of.degraded(), of.conflicts());
  }

  static FanoutSnapshot conflicted(FanoutSnapshot of, String... nodes) {
    TreeSet<NodeAddress> lost = new TreeSet<>();
    List.of(nodes).forEach(node -> lost.add(NodeAddress.parse(node)));
    return with(
        of,
        of.settings(),
        of.discovered(),
        of.degraded(),
        List.of(new Conflict(CHAT, OLDER, lost)));
  }

  private static FanoutSnapshot with(
      FanoutSnapshot of,
      FanoutSettings settings,
      boolean discovered,
      boolean degraded,
      List<Conflict> conflicts) {
    return new FanoutSnapshot(
        of.name(),
        of.generation(),
        settings,
        of.nodes(),
        of.problems(),
        discovered,
        degraded,
        conflicts);
  }

  static PushFanout resource(long generation, @Nullable Integer workers) {
    PushFanout resource = new PushFanout();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(CHAT.namespace())
            .withName(CHAT.name())
            .withUid("uid-1")
            .withResourceVersion("10" + generation)
            .withGeneration(generation)
            .withCreationTimestamp("2026-11-22T10:00:00Z")
            .build());
    resource.setSpec(SomeSpec.workers(workers));
    return resource;
  }

  static TrackedResource read(PushFanout resource, @Nullable TrackedResource before) {
    return TrackedResource.read(
        new FanoutName(resource.getMetadata().getNamespace(), resource.getMetadata().getName()),
        resource,
        before,
        null,
        TenantPolicy.EVERYTHING);
  }

  static TrackedResource known(long generation) {
    return read(resource(generation, 10), null);
  }

  /** Returns a resource that the API server took and the model refuses. */
  static TrackedResource refused(long generation) {
    return read(resource(generation, 0), null);
  }

  static ReplicaStatus entry(String replica, long generation, int nodes, int ready, int slow) {
    return new ReplicaStatus(replica, generation, nodes, ready, slow, List.of());
  }
}
