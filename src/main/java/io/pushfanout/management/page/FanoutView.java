package io.pushfanout.management.page;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import io.pushfanout.management.page.Update.Facts;
import io.pushfanout.management.page.Update.Numbers;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingField;
import io.pushfanout.queue.FanoutTotals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The view of a fanout on the page: its facts, with the origin of each setting, and its numbers.
 */
final class FanoutView {
  private static final String DEFAULT = "default";
  private static final Map<String, Object> DEFAULTS =
      byPath(SettingField.nested(FanoutSettings.DEFAULT, _ -> true));

  private final PageData data;
  private final Totals totals;

  FanoutView(PageData data, Totals totals) {
    this.data = data;
    this.totals = totals;
  }

  Facts facts(Fanout fanout) {
    FanoutName name = FanoutName.parse(fanout.name());
    String origin = data.origin().apply(name);
    Map<String, List<Object>> settings = new LinkedHashMap<>();
    byPath(fanout.settings())
        .forEach(
            (path, value) ->
                settings.put(
                    path, List.of(value, value.equals(DEFAULTS.get(path)) ? DEFAULT : origin)));
    Set<String> listed =
        fanout.nodes().stream().map(Node::address).collect(Collectors.toUnmodifiableSet());
    return new Facts(
        fanout.generation(),
        settings,
        fanout.problems().stream().filter(one -> !listed.contains(one.node())).toList(),
        data.replicas().apply(name));
  }

  Numbers numbers(Fanout fanout, @Nullable Traffic traffic) {
    Map<String, Integer> states = new TreeMap<>();
    fanout.nodes().forEach(node -> states.merge(node.state(), 1, Integer::sum));
    return new Numbers(
        states,
        traffic == null ? null : traffic.values(),
        outcomes(totals.of(FanoutName.parse(fanout.name()))));
  }

  /** Returns the broadcasts by outcome, those that happened. */
  static Map<String, Long> outcomes(FanoutTotals sums) {
    Map<String, Long> outcomes = new LinkedHashMap<>();
    for (CallOutcome outcome : CallOutcome.values()) {
      long count = sums.broadcasts(outcome);
      if (count > 0) {
        outcomes.put(outcome.label(), count);
      }
    }
    return outcomes;
  }

  /** Returns nested settings as one map by path, such as {@code retry.maxAttempts}. */
  private static Map<String, Object> byPath(Map<String, Object> nested) {
    Map<String, Object> flat = new LinkedHashMap<>();
    nested.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> group) {
            group.forEach((inner, one) -> flat.put(key + "." + inner, one));
          } else {
            flat.put(key, value);
          }
        });
    return flat;
  }
}
