package io.pushfanout.checkpoint;

import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last answers of the sources. Each part is saved separately, after its source has answered.
 *
 * @param resources the specs in force; null if the source has not answered, or is not a cluster
 * @param services the nodes of services for which etcd has answered, by name
 */
public record SavedState(
    @Nullable Checkpoint<List<FanoutSpec>> resources,
    Map<String, Checkpoint<Set<NodeAddress>>> services) {
  public static final SavedState NOTHING = new SavedState(null, Map.of());

  public SavedState {
    services = Map.copyOf(services);
  }
}
