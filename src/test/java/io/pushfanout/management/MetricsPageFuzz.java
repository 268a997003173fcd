package io.pushfanout.management;

import io.pushfanout.client.DeliveryTimes;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;

/** A fuzz target for the metrics page that {@code bench} reads. */
public final class MetricsPageFuzz implements FuzzTarget {
  @Override
  public String name() {
    return "metrics-page";
  }

  @Override
  public void take(byte[] input) {
    DeliveryTimes times;
    try {
      times = DeliveryTimes.read(Held.text(input));
    } catch (NumberFormatException _) {
      return;
    }
    DeliveryTimes since = times.since(times);
    Held.that(since.count() == 0, "something since now", since);
    times.mean();
    times.within(0.99);
  }
}
