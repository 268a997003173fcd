package io.pushfanout.json;

import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.json.ServerStatus.Problem;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One node of a list for people, which is sorted by trouble. The tables of the command line and the
 * page of the server have the same rows in the same order.
 *
 * @param before the node's counts at the earlier sample; null for a new node or one with reset
 *     counters
 * @param seconds time between the samples
 * @param reason the node's problems in one line; empty without problems
 */
public record NodeRow(
    String fanout, Node node, @Nullable Counts before, double seconds, String reason) {
  /**
   * The order of lists: the worst state first, then the most losses, then the fullest queue. Nodes
   * without a difference keep their places, so that a list of healthy nodes stands still.
   */
  public static final Comparator<NodeRow> WORST_FIRST =
      Comparator.comparingInt(NodeRow::rank)
          .thenComparing(NodeRow::lostSince, Comparator.reverseOrder())
          .thenComparing(row -> row.node().fillPercent(), Comparator.reverseOrder());

  private static final int REASONS_CHARS = 200;

  /** The counts of a node that make its rates. */
  public record Counts(long delivered, long lost) {}

  /** Returns the counts of a fanout's nodes by address. */
  public static Map<String, Counts> counts(Fanout fanout) {
    Map<String, Counts> counts = HashMap.newHashMap(fanout.nodes().size());
    fanout
        .nodes()
        .forEach(node -> counts.put(node.address(), new Counts(node.delivered(), node.lost())));
    return counts;
  }

  /**
   * Returns the rows of a fanout in the order of its nodes.
   *
   * @param before the counts of its nodes at the earlier sample
   */
  public static List<NodeRow> of(Fanout fanout, Map<String, Counts> before, double seconds) {
    Map<String, String> reasons =
        fanout.problems().stream()
            .collect(Collectors.toMap(Problem::node, NodeRow::reason, NodeRow::both));
    return fanout.nodes().stream()
        .map(
            node ->
                new NodeRow(
                    fanout.name(),
                    node,
                    continued(before.get(node.address()), node),
                    seconds,
                    reasons.getOrDefault(node.address(), "")))
        .toList();
  }

  private static @Nullable Counts continued(@Nullable Counts before, Node now) {
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

  /** Returns the sort key of the node's state; the worst state is 0, a node in order is 5. */
  public int rank() {
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
    return node.lost() - (before == null ? 0 : before.lost());
  }

  /** Returns the deliveries a second; empty for a new or restarted node. */
  public OptionalDouble deliveredRate() {
    return rate(node.delivered(), before == null ? 0 : before.delivered());
  }

  /** Returns the lost messages a second; empty for a new or restarted node. */
  public OptionalDouble lostRate() {
    return rate(node.lost(), before == null ? 0 : before.lost());
  }

  private OptionalDouble rate(long now, long then) {
    return before == null || seconds <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((now - then) / seconds);
  }
}
