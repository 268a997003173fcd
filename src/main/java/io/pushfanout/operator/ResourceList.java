package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All resources of one list.
 *
 * @param resources resources without a deletion timestamp; finalizers do not keep a deleted one
 * @param unknown namespaces that could not be listed; their last resources stay
 */
record ResourceList(List<PushFanout> resources, Set<String> unknown) {
  ResourceList {
    resources = resources.stream().filter(resource -> !resource.isMarkedForDeletion()).toList();
    unknown = Set.copyOf(unknown);
  }

  /** Returns the version of each resource that can be a fanout, by uid. */
  Map<String, String> versions() {
    return resources.stream()
        .filter(resource -> name(resource).isPresent())
        .collect(
            Collectors.toMap(
                resource -> resource.getMetadata().getUid(),
                resource -> resource.getMetadata().getResourceVersion()));
  }

  /** Returns its name as a fanout; empty where it can be none, as an older definition let it in. */
  static Optional<FanoutName> name(PushFanout resource) {
    try {
      return Optional.of(
          new FanoutName(resource.getMetadata().getNamespace(), resource.getMetadata().getName()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
