package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Problem;
import java.util.List;
import java.util.SortedMap;

/** Who gets which broadcast: the clients of each fanout at one moment. Immutable. */
record Routes(SortedMap<FanoutName, Route> byFanout) {

  /**
   * One fanout's clients, and the settings and sums that all of them share.
   *
   * @param known whether its source has said which nodes it has
   * @param problems of its source
   */
  record Route(
      FanoutName fanout,
      long generation,
      FanoutSettings settings,
      FanoutTotals totals,
      List<BroadcastClient> clients,
      boolean known,
      List<Problem> problems) {}
}
