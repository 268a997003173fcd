package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names of the existing series, each with its labels. */
record KnownSeries(Map<String, Set<String>> labels) {
  static final Pattern SERIES =
      Pattern.compile("\\b((?:pushfanout|grpc_server|jvm|netty|process)_[a-z_]+)");

  private static final Pattern LABEL = Pattern.compile("\\b([a-z_]+)(?:=~?|!=|!~)\"");
  private static final Pattern GROUPED =
      Pattern.compile("\\b(?:by|on|without|ignoring) \\(([a-z_, ]+)\\)");

  /** Labels that Prometheus and kube-state-metrics add. */
  private static final Set<String> PLATFORMS =
      Set.of("cluster", "namespace", "job", "instance", "pod", "deployment");

  static KnownSeries read() throws Exception {
    Map<String, Set<String>> labels = new HashMap<>();
    for (String line : EverySeries.read().keySet()) {
      labels
          .computeIfAbsent(line.replaceFirst("\\{.*", ""), _ -> new HashSet<>())
          .addAll(words(LABEL, line));
    }
    return new KnownSeries(labels);
  }

  /**
   * Fails unless an expression's series exist, and its labels belong to them or to the platform.
   */
  void have(String expression) {
    Set<String> used = words(SERIES, expression);
    assertThat(used).as(expression).isNotEmpty();
    Set<String> known = new TreeSet<>(PLATFORMS);
    for (String name : used) {
      assertThat(labels).containsKey(name);
      known.addAll(labels.get(name));
    }
    Set<String> named = words(LABEL, expression);
    words(GROUPED, expression).forEach(by -> named.addAll(List.of(by.split(", ", -1))));
    assertThat(known).as(expression).containsAll(named);
  }

  /** Fails unless the name of a series begins with the text. */
  void haveOneFrom(String beginning) {
    assertThat(labels.keySet()).anyMatch(series -> series.startsWith(beginning));
  }

  /** Returns the texts that a pattern's group finds. */
  static Set<String> words(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
