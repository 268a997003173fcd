package io.pushfanout.client;

import io.pushfanout.json.ServerStatus;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.json.ServerStatus.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One node of a table.
 *
 * @param before the node at the previous sample; null for a new node or one with reset counters
 * @param seconds time between the samples
 * @param reason the node's problems in one line; empty without problems
 */
record NodeRow(Node node, @Nullable Node before, double seconds, String reason) {
  private static final int REASONS_CHARS = 200;

  static List<NodeRow> of(Fanout fanout, ServerStatus earlier, double seconds) {
    Map<String, Node> before = new HashMap<>();
    earlier.fanouts().stream()
        .filter(was -> was.name().equals(fanout.name()))
        .forEach(was -> was.nodes().forEach(node -> before.put(node.address(), node)));
    Map<String, String> reasons =
        fanout.problems().stream()
            .collect(Collectors.toMap(Problem::node, NodeRow::reason, NodeRow::both));
    return fanout.nodes().stream()
        .map(
            node ->
                new NodeRow(
                    node,
                    continued(before.get(node.address()), node),
                    seconds,
                    reasons.getOrDefault(node.address(), "")))
        .toList();
  }

  private static @Nullable Node continued(@Nullable Node before, Node now) {
    return before == null || now.delivered() < before.delivered() ? null : before;
  }

  /** Joins two reasons up to a limit, because a foreign server may send any number of them. */
  private static String both(String one, String two) {
    return one.length() > REASONS_CHARS ? one : one + "; " + two;
  }

  private static String reason(Problem problem) {
    return problem.message().isEmpty()
        ? problem.reason()
        : problem.reason() + ": " + problem.message();
  }

  /** Returns the sort key of the node's state; the worst state is 0. */
  int rank() {
    return switch (node.state()) {
      case "unreachable" -> 0;
      case "slow" -> 1;
      case "connecting" -> 2;
      case "retiring" -> 4;
      default -> reason.isEmpty() ? 5 : 3;
    };
  }

  /**
   * Returns the number of messages lost between the samples; without a previous sample, the total.
   */
  long lostSince() {
    return lost(node) - (before == null ? 0 : lost(before));
  }

  private static long lost(Node node) {
    return node.failed() + node.expired() + node.droppedTotal();
  }

  /** Returns the deliveries a second; {@code -} for a new or restarted node. */
  String rate() {
    return before == null || seconds <= 0
        ? "-"
        : String.format(Locale.ROOT, "%.1f", (node.delivered() - before.delivered()) / seconds);
  }
}
