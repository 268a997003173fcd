package io.pushfanout.management.page;

import io.pushfanout.json.NodeRow;
import io.pushfanout.json.ServerStatus.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the page's nodes as last shown. A row is a short array, because a fleet has a
 * thousand of them each second: number, fanout, address, state, rank, begin of the state, reason,
 * way of delivery, fill in percent, queued messages, capacity, queued bytes, in flight, workers,
 * deliveries a second, lost messages a second, lost messages.
 */
final class NodeRows {
  private static final int STATE = 3;
  private static final int SINCE = 5;

  /** Seconds by which two calculations of one moment may differ. */
  private static final long ROUNDING = 2;

  private final Map<Key, Integer> numbers = new HashMap<>();
  private Map<Integer, List<Object>> shown = Map.of();
  private List<Integer> order = List.of();
  private int lastNumber;

  private record Key(String fanout, String address) {}

  /**
   * The changes of the rows.
   *
   * @param rows new and changed rows
   * @param gone numbers of rows that are gone
   * @param moved whether the order of the rows has changed
   */
  record Changes(List<List<Object>> rows, List<Integer> gone, boolean moved) {}

  /**
   * Replaces the rows.
   *
   * @param sorted the worst first
   * @param now seconds since 1970
   */
  Changes replace(List<NodeRow> sorted, long now) {
    Map<Integer, List<Object>> next = HashMap.newHashMap(sorted.size());
    List<Integer> nextOrder = new ArrayList<>(sorted.size());
    List<List<Object>> changed = new ArrayList<>();
    for (NodeRow row : sorted) {
      Integer number =
          numbers.computeIfAbsent(new Key(row.fanout(), row.node().address()), _ -> ++lastNumber);
      List<Object> before = shown.get(number);
      List<Object> cells = cells(number, row, since(row.node(), before, now));
      next.put(number, cells);
      nextOrder.add(number);
      if (!cells.equals(before)) {
        changed.add(cells);
      }
    }
    List<Integer> gone = shown.keySet().stream().filter(one -> !next.containsKey(one)).toList();
    numbers.values().removeAll(gone);
    boolean moved = !nextOrder.equals(order);
    shown = next;
    order = nextOrder;
    return new Changes(changed, gone, moved);
  }

  /** Returns all rows, in no fixed order. */
  List<List<Object>> all() {
    return List.copyOf(shown.values());
  }

  /** Returns the numbers of all rows, the worst first. */
  List<Integer> order() {
    return order;
  }

  /** Returns the begin of the state; a state that goes on keeps its begin to the second. */
  private static long since(Node node, @Nullable List<Object> before, long now) {
    long since = now - node.stateSeconds();
    if (before != null && before.get(STATE).equals(node.state())) {
      long known = (long) before.get(SINCE);
      return Math.abs(since - known) <= ROUNDING ? known : since;
    }
    return since;
  }

  private static List<Object> cells(int number, NodeRow row, long since) {
    Node node = row.node();
    return List.of(
        number,
        row.fanout(),
        node.address(),
        node.state(),
        row.rank(),
        since,
        row.reason(),
        node.delivery(),
        node.fillPercent(),
        node.queued(),
        node.queueSize(),
        node.queuedBytes(),
        node.inFlight(),
        node.workers(),
        rate(row.deliveredRate()),
        rate(row.lostRate()),
        node.lost());
  }

  /** Returns a rate with one decimal below 10, else a whole number; -1 if there is none yet. */
  private static Number rate(OptionalDouble rate) {
    if (rate.isEmpty()) {
      return -1;
    }
    double value = rate.getAsDouble();
    if (value < 10) {
      return Math.round(value * 10) / 10f;
    }
    return Math.round(value);
  }
}
