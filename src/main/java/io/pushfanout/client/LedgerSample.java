package io.pushfanout.client;

import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.model.FanoutSettings;
import java.util.HashMap;
import java.util.Map;

/** The counters of a server's nodes at one moment. */
public final class LedgerSample {
  private final StatusSample sample;
  private final DeliveryTimes times;

  LedgerSample(StatusSample sample, DeliveryTimes times) {
    this.sample = sample;
    this.times = times;
  }

  static boolean isAtRest(StatusSample sample) {
    return nodes(sample).values().stream().allMatch(n -> n.queued() == 0 && n.inFlight() == 0);
  }

  /** A node of one fanout: a node of two fanouts has counters in each. */
  private record Key(String fanout, String address) {}

  private static Map<Key, Node> nodes(StatusSample sample) {
    Map<Key, Node> nodes = new HashMap<>();
    for (Fanout fanout : sample.status().fanouts()) {
      fanout.nodes().forEach(node -> nodes.put(new Key(fanout.name(), node.address()), node));
    }
    return nodes;
  }

  /**
   * Returns the change since the earlier sample.
   *
   * @param streams whether nodes used streams in between
   */
  public LedgerChange since(LedgerSample before, boolean streams) {
    double seconds = (sample.takenNanos() - before.sample.takenNanos()) / 1e9;
    LedgerChange.Sums sums = new LedgerChange.Sums();
    Map<Key, Node> then = nodes(before.sample);
    nodes(sample).forEach((key, now) -> sums.add(then.get(key), now));
    return sums.change(
        seconds, isAtRest(sample), streams ? window() : 0, times.since(before.times));
  }

  /** Returns the minimum of {@code delivery.window}. */
  private long window() {
    return sample.status().fanouts().stream()
        .map(fanout -> fanout.settings().get("delivery"))
        .filter(Map.class::isInstance)
        .map(delivery -> ((Map<?, ?>) delivery).get("window"))
        .filter(Number.class::isInstance)
        .mapToLong(window -> ((Number) window).longValue())
        .min()
        .orElse(FanoutSettings.DEFAULT.deliveryWindow());
  }
}
