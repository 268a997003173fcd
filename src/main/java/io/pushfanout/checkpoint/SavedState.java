package io.pushfanout.checkpoint;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last answers of the sources. Each part is saved separately, after its source has answered.
 *
 * @param resources the resources; null if the source has not answered, or is not a cluster
 * @param services the nodes of services for which etcd has answered, by name
 */
public record SavedState(@Nullable SavedResources resources, Map<String, SavedNodes> services) {
  public static final SavedState NOTHING = new SavedState(null, Map.of());

  public SavedState {
    services = Map.copyOf(services);
  }
}
