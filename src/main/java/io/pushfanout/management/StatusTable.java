package io.pushfanout.management;

import io.pushfanout.management.ServerStatus.Fanout;
import io.pushfanout.management.ServerStatus.Node;
import io.pushfanout.management.ServerStatus.Problem;
import io.pushfanout.model.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a server's status for people. */
public final class StatusTable {
  /** Of the settings, those that explain the numbers below them. */
  private static final List<String> SETTINGS =
      List.of("workers", "queueSize", "queueBytes", "overflowPolicy", "rpcTimeout", "messageTTL");

  /** Of one text; a server that is none of ours may say anything, at any length. */
  private static final int MAX_CHARS = 300;

  private final Map<String, Long> deliveredBefore = new HashMap<>();
  private final double seconds;
  private final StringBuilder out = new StringBuilder();

  private StatusTable(ServerStatus before, double seconds) {
    for (Fanout fanout : before.fanouts()) {
      for (Node node : fanout.nodes()) {
        deliveredBefore.put(key(fanout, node), node.delivered());
      }
    }
    this.seconds = seconds;
  }

  /**
   * Asks twice, for the rates, and prints the second answer.
   *
   * @param interval between the two; zero asks once and shows no rates
   * @return lines, the last one ended too
   */
  public static String measure(StatusClient client, Duration interval)
      throws IOException, InterruptedException {
    StatusSample first = client.fetch();
    if (interval.isZero()) {
      return of(first, first);
    }
    Thread.sleep(interval);
    return of(first, client.fetch());
  }

  static String of(StatusSample before, StatusSample now) {
    double seconds = (now.takenNanos() - before.takenNanos()) / 1e9;
    StatusTable table = new StatusTable(before.status(), seconds);
    table.append(now.status());
    return table.out.toString();
  }

  private void append(ServerStatus status) {
    out.append("replica ")
        .append(shown(status.replica()))
        .append(status.ready() ? ": ready\n" : ": not ready\n");
    append("", status.problems());
    if (status.fanouts().isEmpty()) {
      out.append("no fanouts\n");
    }
    status.fanouts().forEach(this::append);
  }

  private void append(Fanout fanout) {
    out.append('\n')
        .append(shown(fanout.name()))
        .append("  generation ")
        .append(fanout.generation());
    for (String setting : SETTINGS) {
      if (fanout.settings().containsKey(setting)) {
        String value = String.valueOf(fanout.settings().getValue(setting));
        out.append("  ").append(setting).append(' ').append(shown(value));
      }
    }
    out.append('\n');
    if (fanout.nodes().isEmpty()) {
      out.append("  no nodes\n");
    } else {
      nodes(fanout).appendTo(out, "  ");
    }
    append("  ", fanout.problems());
  }

  private TextTable nodes(Fanout fanout) {
    TextTable table =
        new TextTable(
            2,
            "NODE",
            "STATE",
            "QUEUED",
            "BYTES",
            "IN-FLIGHT",
            "WORKERS",
            "ENQUEUED",
            "DELIVERED",
            "DELIVERED/S",
            "FAILED",
            "EXPIRED",
            "DROPPED");
    for (Node node : fanout.nodes()) {
      table.row(
          shown(node.address()),
          shown(node.state()),
          Long.toString(node.queued()),
          bytes(node.queuedBytes()),
          Long.toString(node.inFlight()),
          Long.toString(node.workers()),
          Long.toString(node.enqueued()),
          Long.toString(node.delivered()),
          rate(fanout, node),
          Long.toString(node.failed()),
          Long.toString(node.expired()),
          Long.toString(node.dropped()));
    }
    return table;
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

  /** A node that was not there before, or counts from zero again, has no rate yet. */
  private String rate(Fanout fanout, Node node) {
    Long before = deliveredBefore.get(key(fanout, node));
    if (before == null || node.delivered() < before || seconds <= 0) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.1f", (node.delivered() - before) / seconds);
  }

  private static String shown(String text) {
    return Printable.line(text, MAX_CHARS);
  }

  private static String key(Fanout fanout, Node node) {
    return fanout.name() + ' ' + node.address();
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
