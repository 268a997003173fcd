package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The check that status and metrics of a server at rest agree, and that both balance. */
final class LedgerCheck {
  private LedgerCheck() {}

  static void agree(ServeProcess serve) {
    serve.awaitIdle();
    Scrape metrics = serve.metrics();
    List<NodeStatus> nodes = serve.nodes();
    Map<String, Long> sums = new LinkedHashMap<>();
    for (NodeStatus node : nodes) {
      assertThat(node.balances()).as("balance of %s", node).isTrue();
      Map<String, Long> counts = counts(node);
      assertThat(counts(metrics, "pushfanout_node_", Map.of("node", node.address())))
          .as("metrics of %s", node.address())
          .isEqualTo(counts);
      counts.forEach((counter, value) -> sums.merge(counter, value, Long::sum));
    }
    assertThat(counts(metrics, "pushfanout_", Map.of()))
        .as("metrics of the fanout")
        .isEqualTo(sums);
  }

  private static Map<String, Long> counts(NodeStatus node) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("enqueued", node.enqueued());
    counts.put("delivered", node.delivered());
    counts.put("failed", node.failed());
    counts.put("expired", node.expired());
    NodeStatus.REASONS.forEach(r -> counts.put("dropped as " + r, node.dropped(r)));
    return counts;
  }

  private static Map<String, Long> counts(
      Scrape metrics, String prefix, Map<String, String> labels) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String counter : List.of("enqueued", "delivered", "failed", "expired")) {
      counts.put(counter, metrics.sum(prefix + counter + "_total", labels));
    }
    for (String reason : NodeStatus.REASONS) {
      Map<String, String> withReason = new LinkedHashMap<>(labels);
      withReason.put("reason", reason);
      counts.put("dropped as " + reason, metrics.sum(prefix + "dropped_total", withReason));
    }
    return counts;
  }
}
