package io.pushfanout.state;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the sources said last. Each part is saved by itself, when it was answered for.
 *
 * @param resources null where they were not answered for, or come from elsewhere
 * @param services those that were answered for, by name
 */
public record SavedState(@Nullable SavedResources resources, Map<String, SavedNodes> services) {
  public static final SavedState NOTHING = new SavedState(null, Map.of());

  public SavedState {
    services = Map.copyOf(services);
  }
}
