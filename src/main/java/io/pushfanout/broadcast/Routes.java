package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Plan.Conflict;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.MessageQueue;
import java.util.List;
import java.util.SortedMap;

/** The routes of broadcasts: the queues of each fanout at one moment. Immutable. */
public record Routes(SortedMap<FanoutName, Route> byFanout) {

  /**
   * The route to one fanout: the queues of the nodes that it owns, and the totals and the memory
   * that these share.
   *
   * @param conflicts nodes that the fanout claims and another fanout keeps
   */
  public record Route(
      DesiredFanout desired,
      FanoutTotals totals,
      MemoryShare memory,
      List<MessageQueue> queues,
      List<Conflict> conflicts) {

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
