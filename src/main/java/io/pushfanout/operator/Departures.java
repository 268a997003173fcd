package io.pushfanout.operator;

import io.pushfanout.operator.resource.PushFanout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which resources are no longer served: deleted, or without the labels that they had. For one
 * thread.
 */
final class Departures {
  private Map<String, PushFanout> before = Map.of();

  /** Those that were there at the last look and are not among these, as they were last seen. */
  List<PushFanout> since(List<KnownResource> now) {
    Map<String, PushFanout> present = new HashMap<>();
    now.forEach(resource -> present.put(resource.uid(), resource.resource()));
    List<PushFanout> departed =
        before.entrySet().stream()
            .filter(e -> !present.containsKey(e.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    before = present;
    return departed;
  }
}
