package io.pushfanout.fanout;

import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Discovered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filter of addresses that cannot be nodes, from any source: a bad address costs that node
 * alone. One line in the log for each, until its fanout has it no longer, and at most 11 of a
 * namespace in any 20 s. For one thread.
 */
final class NodeFilter {
  private static final Logger log = LoggerFactory.getLogger(NodeFilter.class);

  /**
   * Lines at a time, with one more for the rest: a registrar of very many nodes must not fill the
   * log.
   */
  private static final int MOST_LINES = 10;

  /** Limits by namespace. */
  private final LogLimits<String> lines;

  private final Map<FanoutName, Set<NodeAddress>> logged = new HashMap<>();
  private Function<NodeAddress, Optional<String>> whyRefused = _ -> Optional.empty();

  NodeFilter(LongSupplier nanoClock) {
    lines = new LogLimits<>(MOST_LINES + 1, nanoClock);
  }

  /**
   * @param why one line on the fault of an address; empty for an address without one
   */
  void refuse(Function<NodeAddress, Optional<String>> why) {
    whyRefused = why;
  }

  /** Forgets all fanouts but these. */
  void retain(Set<FanoutName> fanouts) {
    logged.keySet().retainAll(fanouts);
  }

  /** Returns a fanout's nodes without the refused ones, with a problem for each refused node. */
  Discovered apply(FanoutName fanout, Discovered found) {
    if (!found.known()) {
      return found;
    }
    SortedMap<NodeAddress, String> refused = new TreeMap<>();
    found
        .nodes()
        .forEach(node -> whyRefused.apply(node).ifPresent(reason -> refused.put(node, reason)));
    report(fanout, refused);
    if (refused.isEmpty()) {
      return found;
    }
    Set<NodeAddress> nodes = new HashSet<>(found.nodes());
    nodes.removeAll(refused.keySet());
    List<Problem> problems = new ArrayList<>(found.problems());
    refused.forEach(
        (node, reason) ->
            problems.add(new Problem(node.toString(), ProblemReason.NODE_REFUSED, reason)));
    return new Discovered(found.known(), found.degraded(), nodes, problems);
  }

  private void report(FanoutName fanout, SortedMap<NodeAddress, String> refused) {
    Set<NodeAddress> before = logged.getOrDefault(fanout, Set.of());
    List<NodeAddress> fresh =
        refused.keySet().stream().filter(node -> !before.contains(node)).toList();
    LogLimit limit = lines.of(fanout.namespace());
    for (NodeAddress node : fresh.subList(0, Math.min(MOST_LINES, fresh.size()))) {
      limit.write(
          note ->
              log.warn("fanout {}: refused node {}: {}{}", fanout, node, refused.get(node), note));
    }
    int more = fresh.size() - MOST_LINES;
    if (more > 0) {
      limit.write(note -> log.warn("fanout {}: refused {} more nodes{}", fanout, more, note));
    }
    logged.put(fanout, Set.copyOf(refused.keySet()));
  }
}
