package io.pushfanout.client;

import io.pushfanout.json.NodeRow;
import io.pushfanout.json.ServerStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The data of a status table at one moment.
 *
 * @param readiness the line of {@code /readyz}
 * @param times delivery times since the server's start, by fanout
 */
record StatusLook(StatusSample sample, String readiness, Map<String, DeliveryTimes> times) {

  /** Fetches the status, and the optional pages that complete it. */
  static StatusLook at(StatusClient client) throws IOException, InterruptedException {
    StatusSample sample = client.fetch();
    String word = word(sample);
    return new StatusLook(
        sample,
        client.readiness().filter(line -> line.startsWith(word)).orElse(word),
        client.deliveryTimes());
  }

  static StatusLook of(StatusSample sample) {
    return new StatusLook(sample, word(sample), Map.of());
  }

  private static String word(StatusSample sample) {
    return sample.status().ready() ? "ready" : "not ready";
  }

  ServerStatus status() {
    return sample.status();
  }

  /** Returns the counts of a fanout's nodes; empty if there is no such fanout. */
  Map<String, NodeRow.Counts> counts(String fanout) {
    return status().fanouts().stream()
        .filter(of -> of.name().equals(fanout))
        .findFirst()
        .map(NodeRow::counts)
        .orElse(Map.of());
  }

  double secondsSince(StatusLook before) {
    return (sample.takenNanos() - before.sample.takenNanos()) / 1e9;
  }

  /** Returns the deliveries of a fanout since an earlier sample; empty without deliveries. */
  Optional<DeliveryTimes> timesSince(StatusLook before, String fanout) {
    DeliveryTimes all = times.get(fanout);
    DeliveryTimes earlier = before.times.get(fanout);
    return all == null || earlier == null
        ? Optional.empty()
        : Optional.of(all.since(earlier)).filter(times -> times.count() > 0);
  }
}
