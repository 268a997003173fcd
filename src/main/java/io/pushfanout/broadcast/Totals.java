package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.queue.FanoutTotals;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The sums of every fanout that there ever was in this process. May be used from any thread. */
public final class Totals {
  private final Map<FanoutName, FanoutTotals> byFanout = new ConcurrentHashMap<>();
  private final FanoutTotals noFanout = new FanoutTotals();

  /** The fanout's sums, from zero where it is new. */
  public FanoutTotals of(FanoutName fanout) {
    return byFanout.computeIfAbsent(fanout, _ -> new FanoutTotals());
  }

  /** For calls that reached no fanout: invalid, unauthorized, unavailable and the like. */
  public FanoutTotals noFanout() {
    return noFanout;
  }

  /** All fanouts' sums, by name. */
  public Map<FanoutName, FanoutTotals> all() {
    return new TreeMap<>(byFanout);
  }
}
