package io.pushfanout.broadcast;

import io.pushfanout.interest.RoomName;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Plan.Conflict;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.MessageQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The routes of broadcasts: the queues of each fanout at one moment. Immutable. */
public record Routes(SortedMap<FanoutName, Route> byFanout) {

  /**
   * Returns the nodes of a room's messages.
   *
   * @param fanout fanout of the nodes; null is every fanout
   * @return null when there is no such fanout
   */
  public Recipients.@Nullable Holders holders(RoomName room, @Nullable FanoutName fanout) {
    List<NodeAddress> nodes = new ArrayList<>();
    List<NodeAddress> everything = new ArrayList<>();
    if (fanout != null && !byFanout.containsKey(fanout)) {
      return null;
    }
    for (Route route : byFanout.values()) {
      if (fanout == null || route.fanout().equals(fanout)) {
        Recipients.Holders here = route.recipients().holdersOf(room);
        nodes.addAll(here.nodes());
        everything.addAll(here.everything());
      }
    }
    return new Recipients.Holders(nodes, everything);
  }

  /**
   * The route to one fanout: the queues of the nodes that it owns, and the totals and the memory
   * that these share.
   *
   * @param recipients the nodes that the fanout owns
   * @param conflicts nodes that the fanout claims and another fanout keeps
   */
  public record Route(
      DesiredFanout desired,
      FanoutTotals totals,
      MemoryShare memory,
      Recipients recipients,
      List<Conflict> conflicts) {

    /** Returns the queues of all nodes. */
    public List<MessageQueue> queues() {
      return recipients.queues();
    }

    public FanoutName fanout() {
      return desired.name();
    }

    public FanoutSettings settings() {
      return desired.settings();
    }

    /** Returns whether the fanout's source has listed its nodes. */
    boolean known() {
      return desired.discovered().known();
    }
  }
}
