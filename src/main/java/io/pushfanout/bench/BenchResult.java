package io.pushfanout.bench;

import io.pushfanout.client.DeliveryTimes;
import io.pushfanout.client.Latency;
import io.pushfanout.client.LedgerChange;
import io.pushfanout.client.LoadResult;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of a measurement.
 *
 * @param nodes the change of the nodes' ledgers; null if the server's status was not read
 * @param stopped whether the user ended the measurement early
 */
public record BenchResult(
    BenchOptions options, LoadResult load, @Nullable LedgerChange nodes, boolean stopped) {
  /** Share of the due calls below which the loop counts as behind. */
  private static final double KEPT_UP = 0.99;

  WorkersAdvice advice() {
    return nodes == null ? WorkersAdvice.unknown() : WorkersAdvice.of(load.sentPerSecond(), nodes);
  }

  private boolean fellBehind() {
    return load.sent() < KEPT_UP * load.due();
  }

  /** Returns the report for readers, without a line end after the last line. */
  public String text() {
    List<String> lines = new ArrayList<>();
    add(
        lines,
        "sent",
        "%,d broadcasts of %,d bytes in %.1f s: %,.1f/s%s",
        load.sent(),
        options.size(),
        load.seconds(),
        load.sentPerSecond(),
        stopped ? ", stopped before its time" : "");
    if (fellBehind()) {
      add(
          lines,
          "",
          "%,d more were due: the server, or this program, was not fast enough",
          load.due() - load.sent());
    }
    add(lines, "replies", "%s", counts(load.replies()));
    if (!load.errors().isEmpty()) {
      add(lines, "errors", "%s", counts(load.errors()));
    }
    if (!load.streamEnds().isEmpty()) {
      add(lines, "streams", "ended by the server: %s", counts(load.streamEnds()));
    }
    if (load.open() > 0) {
      add(lines, "open", "%,d without an answer", load.open());
    }
    if (options.streams()) {
      add(lines, "queues", "dropped %,d", load.dropped());
    } else {
      add(lines, "queues", "accepted %,d  dropped %,d", load.accepted(), load.dropped());
    }
    Latency latency = load.latency();
    add(
        lines,
        "answered",
        "mean %.2f ms  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f, from when each was due",
        latency.mean(),
        latency.p50(),
        latency.p90(),
        latency.p99(),
        latency.p999(),
        latency.max());
    if (nodes != null) {
      addNodes(lines, nodes);
    }
    Integer workers = advice().workers();
    add(lines, "workers", "%s%s", workers == null ? "" : workers + ": ", advice().why());
    return String.join("\n", lines);
  }

  private static void addNodes(List<String> lines, LedgerChange nodes) {
    add(
        lines,
        "nodes",
        "%d: delivered %,d  failed %,d  expired %,d  dropped %,d%s",
        nodes.nodes(),
        nodes.delivered(),
        nodes.failed(),
        nodes.expired(),
        nodes.dropped(),
        nodes.atRest() ? "" : ", and some still wait");
    DeliveryTimes times = nodes.times();
    add(
        lines,
        "delivery",
        "mean %.2f ms  p50 %s  p99 %s, from enqueue to acknowledgement",
        times.mean() * 1e3,
        within(times, 0.5),
        within(times, 0.99));
  }

  /** Returns the upper bound of the quantile; the histogram gives only bounds. */
  private static String within(DeliveryTimes times, double share) {
    double seconds = times.within(share);
    return Double.isInfinite(seconds)
        ? "> 30 s"
        : String.format(Locale.ROOT, "≤ %.1f ms", seconds * 1e3);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among our dependencies
  private static void add(List<String> lines, String label, String format, Object... values) {
    lines.add("%-10s".formatted(label) + String.format(Locale.ROOT, format, values));
  }

  private static String counts(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%s %,d", e.getKey(), e.getValue()))
            .collect(Collectors.joining("  "));
  }

  /**
   * Returns one JSON object with latencies in milliseconds. Versions may add keys, but never remove
   * one.
   */
  public String json() {
    JsonObject json =
        new JsonObject()
            .put("seconds", load.seconds())
            .put("stopped", stopped)
            .put("due", load.due())
            .put("sent", load.sent())
            .put("sentPerSecond", load.sentPerSecond())
            .put("open", load.open())
            .put("replies", new JsonObject(Map.copyOf(load.replies())))
            .put("errors", new JsonObject(Map.copyOf(load.errors())))
            .put("streamEnds", new JsonObject(Map.copyOf(load.streamEnds())))
            .put("accepted", options.streams() ? null : load.accepted())
            .put("dropped", load.dropped())
            .put("latencyMs", json(load.latency()))
            .put("nodes", nodes == null ? null : json(nodes))
            .put(
                "workers",
                new JsonObject().put("suggested", advice().workers()).put("why", advice().why()));
    return json.encodePrettily();
  }

  private static JsonObject json(Latency latency) {
    return new JsonObject()
        .put("mean", latency.mean())
        .put("p50", latency.p50())
        .put("p90", latency.p90())
        .put("p99", latency.p99())
        .put("p999", latency.p999())
        .put("max", latency.max());
  }

  private static JsonObject json(LedgerChange nodes) {
    return new JsonObject()
        .put("count", nodes.nodes())
        .put("workers", nodes.workers())
        .put("atRest", nodes.atRest())
        .put("enqueued", nodes.enqueued())
        .put("delivered", nodes.delivered())
        .put("failed", nodes.failed())
        .put("expired", nodes.expired())
        .put("dropped", nodes.dropped())
        .put("deliveryMeanMs", nodes.times().mean() * 1e3);
  }
}
