package io.pushfanout.management.page;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.json.NodeRow;
import io.pushfanout.json.NodeRow.Counts;
import io.pushfanout.json.ServerStatus;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.management.page.PageData.Callers;
import io.pushfanout.management.page.Update.Facts;
import io.pushfanout.management.page.Update.Head;
import io.pushfanout.management.page.Update.Numbers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of the page as last sent, and its next update. Rates are over the last five seconds, so
 * that they can be read. For one thread at a time.
 */
final class PageFeed {
  private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

  private final Supplier<ServerStatus> status;
  private final Supplier<String> readiness;
  private final Totals totals;
  private final PageData data;
  private final TrafficHistory history;
  private final FanoutView view;
  private final LongSupplier nanoClock;
  private final LongSupplier secondsClock;

  private final ArrayDeque<Moment> window = new ArrayDeque<>();
  private NodeRows rows = new NodeRows();
  private @Nullable Head head;
  private @Nullable Callers callers;
  private Map<String, Long> outcomes = Map.of();
  private Map<String, Facts> facts = Map.of();
  private Map<String, Numbers> numbers = Map.of();
  private long samples;

  /** The counts at one moment: of nodes by fanout and address, and of fanouts. */
  private record Moment(
      long nanos, Map<String, Map<String, Counts>> nodes, Map<String, TrafficCounts> fanouts) {}

  /**
   * The next update in both forms.
   *
   * @param whole the state for a client that has missed an update; null if none was wanted
   */
  record Updates(Update change, @Nullable Update whole) {}

  /**
   * @param readiness returns the line of {@code /readyz}
   * @param secondsClock seconds since 1970
   */
  PageFeed(
      Supplier<ServerStatus> status,
      Supplier<String> readiness,
      Totals totals,
      PageData data,
      TrafficHistory history,
      LongSupplier nanoClock,
      LongSupplier secondsClock) {
    this.status = status;
    this.readiness = readiness;
    this.totals = totals;
    this.data = data;
    this.history = history;
    this.view = new FanoutView(data, totals);
    this.nanoClock = nanoClock;
    this.secondsClock = secondsClock;
  }

  /** Forgets the state, because nobody has the page open any more. */
  void forget() {
    window.clear();
    rows = new NodeRows();
    facts = Map.of();
    numbers = Map.of();
  }

  /**
   * Reads the present state.
   *
   * @param whole whether a client needs the whole state
   */
  Updates next(boolean whole) {
    ServerStatus present = status.get();
    Moment moment = moment(present);
    Moment before = begin(moment);
    double seconds = (moment.nanos - before.nanos) / 1e9;
    long now = secondsClock.getAsLong();
    NodeRows.Changes nodes = rows.replace(sorted(present, before, seconds), now);

    Head nextHead =
        new Head(
            present.replica(),
            data.version(),
            readiness.get(),
            present.problems(),
            data.services().get());
    Callers nextCallers = data.callers().get();
    Map<String, Long> nextOutcomes = FanoutView.outcomes(totals.noFanout());
    Map<String, Facts> nextFacts = new HashMap<>();
    Map<String, Numbers> nextNumbers = new HashMap<>();
    for (Fanout fanout : present.fanouts()) {
      nextFacts.put(fanout.name(), view.facts(fanout));
      nextNumbers.put(
          fanout.name(), view.numbers(fanout, traffic(fanout.name(), moment, before, seconds)));
    }
    long nextSamples = history.samples();

    Update change =
        new Update(
            now,
            nextHead.equals(head) ? null : nextHead,
            nextCallers.equals(callers) ? null : nextCallers,
            nextOutcomes.equals(outcomes) ? null : nextOutcomes,
            orNull(changed(facts, nextFacts)),
            orNull(changed(numbers, nextNumbers)),
            orNull(facts.keySet().stream().filter(one -> !nextFacts.containsKey(one)).toList()),
            orNull(nodes.rows()),
            orNull(nodes.gone()),
            nodes.moved() ? rows.order() : null,
            nextSamples > samples + 1 ? history.charts() : null,
            nextSamples == samples + 1 ? history.last() : null);
    head = nextHead;
    callers = nextCallers;
    outcomes = nextOutcomes;
    facts = nextFacts;
    numbers = nextNumbers;
    samples = nextSamples;
    return new Updates(change, whole ? whole(now) : null);
  }

  private Update whole(long now) {
    return new Update(
        now,
        head,
        callers,
        outcomes,
        facts,
        numbers,
        null,
        rows.all(),
        null,
        rows.order(),
        history.charts(),
        null);
  }

  private Moment moment(ServerStatus present) {
    return new Moment(
        nanoClock.getAsLong(),
        present.fanouts().stream().collect(Collectors.toMap(Fanout::name, NodeRow::counts)),
        TrafficCounts.of(totals));
  }

  /** Adds the moment and returns the one at the begin of the window. */
  private Moment begin(Moment moment) {
    window.addLast(moment);
    Moment first = window.getFirst();
    while (window.size() > 2 && moment.nanos - first.nanos > WINDOW_NANOS) {
      window.removeFirst();
      first = window.getFirst();
    }
    return first;
  }

  private static List<NodeRow> sorted(ServerStatus present, Moment before, double seconds) {
    return present.fanouts().stream()
        .flatMap(
            fanout ->
                NodeRow.of(fanout, before.nodes.getOrDefault(fanout.name(), Map.of()), seconds)
                    .stream())
        .sorted(NodeRow.WORST_FIRST)
        .toList();
  }

  private static @Nullable Traffic traffic(
      String fanout, Moment now, Moment before, double seconds) {
    TrafficCounts counts = now.fanouts.get(fanout);
    return counts == null || seconds <= 0
        ? null
        : counts.since(before.fanouts.getOrDefault(fanout, TrafficCounts.NOTHING)).over(seconds);
  }

  private static <V> Map<String, V> changed(Map<String, V> before, Map<String, V> now) {
    return now.entrySet().stream()
        .filter(one -> !Objects.equals(before.get(one.getKey()), one.getValue()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static <V> @Nullable List<V> orNull(List<V> list) {
    return list.isEmpty() ? null : list;
  }

  private static <V> @Nullable Map<String, V> orNull(Map<String, V> map) {
    return map.isEmpty() ? null : map;
  }
}
