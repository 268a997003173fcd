package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.queue.FanoutTotals;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The totals of every fanout that ever existed in this process. May be used from any thread. */
public final class Totals {
  private final Map<FanoutName, FanoutTotals> byFanout = new ConcurrentHashMap<>();
  private final FanoutTotals noFanout = new FanoutTotals();

  /** Returns the fanout's totals, which start from zero. */
  public FanoutTotals of(FanoutName fanout) {
    return byFanout.computeIfAbsent(fanout, _ -> new FanoutTotals());
  }

  /**
   * Returns the totals of calls that reached no fanout: invalid, unauthorized, unavailable and the
   * like.
   */
  public FanoutTotals noFanout() {
    return noFanout;
  }

  /** Returns the totals of all fanouts, by name. */
  public Map<FanoutName, FanoutTotals> all() {
    return new TreeMap<>(byFanout);
  }
}
