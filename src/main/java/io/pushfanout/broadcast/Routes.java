package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.plan.Conflict;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryShare;
import java.util.List;
import java.util.SortedMap;

/** Who gets which broadcast: the clients of each fanout at one moment. Immutable. */
public record Routes(SortedMap<FanoutName, Route> byFanout) {

  /**
   * One fanout, the clients of the nodes that it owns, and the sums and the memory that all of them
   * share.
   *
   * @param conflicts the nodes that it claims and another keeps
   */
  public record Route(
      DesiredFanout desired,
      FanoutTotals totals,
      MemoryShare memory,
      List<Recipient> clients,
      List<Conflict> conflicts) {

    public FanoutName fanout() {
      return desired.name();
    }

    public FanoutSettings settings() {
      return desired.settings();
    }

    /** Whether its source has said which nodes it has. */
    boolean known() {
      return desired.discovered().known();
    }
  }
}
