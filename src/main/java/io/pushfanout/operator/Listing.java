package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All resources there are.
 *
 * @param resources those that are not being deleted: one that is, is gone, whoever holds it up
 * @param unknown namespaces that could not be asked; what was known of them stays
 */
record Listing(List<PushFanout> resources, Set<String> unknown) {
  Listing {
    resources = resources.stream().filter(resource -> !resource.isMarkedForDeletion()).toList();
    unknown = Set.copyOf(unknown);
  }

  /** The version of each that can be a fanout, by uid. */
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
