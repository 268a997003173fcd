package io.pushfanout.operator;

import io.pushfanout.operator.resource.PushFanout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A detector of resources that are no longer served: deleted, or without the selected labels. For
 * one thread.
 */
final class DeletedResources {
  private Map<String, PushFanout> before = Map.of();

  /** Returns the resources of the previous call that are not in this one, in their last state. */
  List<PushFanout> since(List<TrackedResource> now) {
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
