package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** The sums of every fanout that there ever was in this process. May be used from any thread. */
public final class Totals {
  private final Function<FanoutName, LongConsumer> deliveryTimers;
  private final Map<FanoutName, FanoutTotals> byFanout = new ConcurrentHashMap<>();
  private final FanoutTotals noFanout = new FanoutTotals(_ -> {});

  /**
   * @param deliveryTimers makes what is told each delivery's nanoseconds from enqueue to
   *     acknowledgement; called once for each fanout
   */
  public Totals(Function<FanoutName, LongConsumer> deliveryTimers) {
    this.deliveryTimers = deliveryTimers;
  }

  /** The fanout's sums, from zero where it is new. */
  public FanoutTotals of(FanoutName fanout) {
    return byFanout.computeIfAbsent(fanout, name -> new FanoutTotals(deliveryTimers.apply(name)));
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
