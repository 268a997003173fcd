package io.pushfanout.client;

import io.pushfanout.json.NodeRow;
import io.pushfanout.json.ServerStatus;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.json.ServerStatus.Problem;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A table of a server's status, for people: the worst nodes first. */
public final class StatusTable {
  /** Settings that explain the numbers in the table. */
  private static final List<String> SETTINGS =
      List.of("workers", "queueSize", "queueBytes", "overflowPolicy", "rpcTimeout", "messageTTL");

  /** Maximum characters of one text; a foreign server may send texts of any content and length. */
  private static final int MAX_CHARS = 300;

  /** Maximum characters of a node's reason, whose column widens the whole table. */
  private static final int REASON_CHARS = 100;

  /** Headings of a fanout's table. */
  private static final String[] COLUMNS = {
    "NODE",
    "STATE",
    "FOR",
    "QUEUED",
    "BYTES",
    "FILL",
    "IN-FLIGHT",
    "WORKERS",
    "ENQUEUED",
    "DELIVERED",
    "DELIVERED/S",
    "LOST/S",
    "FAILED",
    "EXPIRED",
    "DROPPED",
    "REASON"
  };

  private final StatusLook before;
  private final StatusLook now;
  private final StatusChoice choice;
  private final StringBuilder out = new StringBuilder();

  private StatusTable(StatusLook before, StatusLook now, StatusChoice choice) {
    this.before = before;
    this.now = now;
    this.choice = choice;
  }

  /**
   * Fetches two samples, for the rates, and formats the second.
   *
   * @param interval between the samples; zero fetches one and shows no rates
   * @return lines, the last one ended too
   */
  public static String measure(StatusClient client, Duration interval)
      throws IOException, InterruptedException {
    return measure(client, interval, StatusChoice.ALL).text();
  }

  /**
   * A formatted table, and the server's readiness.
   *
   * @param text lines, the last one ended too
   */
  public record Page(String text, boolean ready) {}

  /**
   * Fetches two samples, for the rates, and formats the selected part of the second.
   *
   * @throws IOException when the server cannot be reached, or has no such fanout
   */
  public static Page measure(StatusClient client, Duration interval, StatusChoice choice)
      throws IOException, InterruptedException {
    StatusLook first = StatusLook.at(client);
    StatusLook last = first;
    if (!interval.isZero()) {
      Thread.sleep(interval);
      last = StatusLook.at(client);
    }
    choice.requireAny(last.status().fanouts());
    return new Page(of(first, last, choice), last.status().ready());
  }

  static String of(StatusSample before, StatusSample now) {
    return of(StatusLook.of(before), StatusLook.of(now), StatusChoice.ALL);
  }

  static String of(StatusLook before, StatusLook now, StatusChoice choice) {
    StatusTable table = new StatusTable(before, now, choice);
    table.append();
    return table.out.toString();
  }

  private void append() {
    ServerStatus status = now.status();
    out.append("replica ").append(shown(status.replica())).append(": ");
    out.append(shown(now.readiness())).append('\n');
    append("", status.problems());
    if (status.fanouts().isEmpty()) {
      out.append("no fanouts\n");
    }
    status.fanouts().stream().filter(choice::includes).forEach(this::append);
  }

  private void append(Fanout fanout) {
    out.append('\n')
        .append(shown(fanout.name()))
        .append("  generation ")
        .append(fanout.generation());
    for (String setting : SETTINGS) {
      if (fanout.settings().containsKey(setting)) {
        String value = String.valueOf(fanout.settings().get(setting));
        out.append("  ").append(setting).append(' ').append(shown(value));
      }
    }
    out.append('\n');
    now.timesSince(before, fanout.name())
        .ifPresent(times -> out.append("  delivery ").append(times.range()).append('\n'));
    if (fanout.nodes().isEmpty()) {
      out.append("  no nodes\n");
    } else {
      nodes(fanout);
    }
    Set<String> inTheTable =
        fanout.nodes().stream().map(Node::address).collect(Collectors.toUnmodifiableSet());
    append("  ", fanout.problems().stream().filter(p -> !inTheTable.contains(p.node())).toList());
  }

  private void nodes(Fanout fanout) {
    List<NodeRow> rows =
        NodeRow.of(fanout, before.counts(fanout.name()), now.secondsSince(before)).stream()
            .sorted(NodeRow.WORST_FIRST)
            .toList();
    sums(rows);
    TextTable table = TextTable.withTextAtBothEnds(2, COLUMNS);
    for (NodeRow row : rows.subList(0, Math.min(rows.size(), choice.top()))) {
      Node node = row.node();
      table.row(
          shown(node.address()),
          shown(node.state()),
          age(node.stateSeconds()),
          Long.toString(node.queued()),
          bytes(node.queuedBytes()),
          node.fillPercent() + "%",
          Long.toString(node.inFlight()),
          Long.toString(node.workers()),
          Long.toString(node.enqueued()),
          Long.toString(node.delivered()),
          rate(row.deliveredRate()),
          rate(row.lostRate()),
          Long.toString(node.failed()),
          Long.toString(node.expired()),
          Long.toString(node.droppedTotal()),
          Printable.line(row.reason(), REASON_CHARS));
    }
    table.appendTo(out, "  ");
    int more = rows.size() - choice.top();
    if (more > 0) {
      out.append("  and %d more node%s\n".formatted(more, more == 1 ? "" : "s"));
    }
  }

  /** Appends the nodes of each state and the sums of their rates in one line. */
  private void sums(List<NodeRow> rows) {
    Map<String, Long> states = new LinkedHashMap<>();
    rows.forEach(row -> states.merge(shown(row.node().state()), 1L, Long::sum));
    out.append("  nodes ").append(rows.size());
    states.forEach((state, count) -> out.append("  ").append(state).append(' ').append(count));
    out.append("  delivered/s ").append(rate(sum(rows, NodeRow::deliveredRate)));
    out.append("  lost/s ").append(rate(sum(rows, NodeRow::lostRate))).append('\n');
  }

  private static OptionalDouble sum(List<NodeRow> rows, Function<NodeRow, OptionalDouble> rate) {
    return rows.stream()
        .map(rate)
        .flatMapToDouble(OptionalDouble::stream)
        .reduce((one, other) -> one + other);
  }

  private static String rate(OptionalDouble rate) {
    return rate.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f", rate.getAsDouble());
  }

  /** Returns the two largest units of a time, such as {@code 3m05s}. */
  private static String age(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return "%dm%02ds".formatted(seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60)
        : "%dd%02dh".formatted(seconds / 86_400, seconds / 3600 % 24);
  }

  private void append(String indent, List<Problem> problems) {
    if (!problems.isEmpty()) {
      out.append(indent).append("problems:\n");
    }
    for (Problem problem : problems) {
      out.append(indent).append("  ");
      if (!problem.node().isEmpty()) {
        out.append(shown(problem.node())).append("  ");
      }
      out.append(shown(problem.reason()))
          .append(": ")
          .append(shown(problem.message()))
          .append('\n');
    }
  }

  private static String shown(String text) {
    return Printable.line(text, MAX_CHARS);
  }

  private static String bytes(long bytes) {
    if (bytes < 1024) {
      return Long.toString(bytes);
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    return String.format(
        Locale.ROOT, "%.1f%ci", (double) bytes / (1L << (10 * unit)), "KMGTPE".charAt(unit - 1));
  }
}
