package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.plan.Conflict;
import io.pushfanout.plan.DesiredFanout;
import java.util.List;
import java.util.SortedMap;

/** Who gets which broadcast: the clients of each fanout at one moment. Immutable. */
record Routes(SortedMap<FanoutName, Route> byFanout) {

  /**
   * One fanout, the clients of the nodes that it owns, and the sums and the memory that all of them
   * share.
   *
   * @param conflicts the nodes that it claims and another keeps
   */
  record Route(
      DesiredFanout desired,
      FanoutTotals totals,
      MemoryShare memory,
      List<Recipient> clients,
      List<Conflict> conflicts) {

    FanoutName fanout() {
      return desired.name();
    }

    FanoutSettings settings() {
      return desired.settings();
    }

    /** Whether its source has said which nodes it has. */
    boolean known() {
      return desired.discovered().known();
    }
  }
}
