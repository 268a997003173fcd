package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A parsed page of Prometheus' text format. */
record Scrape(String text, Map<String, Double> series) {
  private static final Pattern LINE = Pattern.compile("(\\w+)(\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  static Scrape of(Metrics metrics) throws Exception {
    return of(metrics.scrape(MetricsFormat.TEXT).body().toString());
  }

  static Scrape of(String text) {
    Map<String, Double> series = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      if (!line.startsWith("#")) {
        Matcher parts = LINE.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        String name = line.substring(0, line.lastIndexOf(' '));
        assertThat(series.put(name, Double.valueOf(parts.group(4)))).as("twice: " + name).isNull();
      }
    }
    return new Scrape(text, series);
  }

  /** Returns the value of a series, such as {@code pushfanout_nodes{fanout="a/b"}}. */
  @Nullable Double value(String name) {
    return series.get(name);
  }

  /** Returns PushFanout's metrics with their label names, bucket bounds included. */
  Map<String, Set<String>> labelsByName() {
    Map<String, Set<String>> byName = new TreeMap<>();
    for (String line : series.keySet()) {
      if (line.startsWith("pushfanout_")) {
        Set<String> labels =
            byName.computeIfAbsent(line.replaceFirst("\\{.*", ""), _ -> new TreeSet<>());
        Matcher label = LABEL.matcher(line);
        while (label.find()) {
          labels.add(label.group(1));
        }
      }
    }
    return byName;
  }
}
