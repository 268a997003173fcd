package io.pushfanout.checkpoint;

import io.pushfanout.model.FanoutSpec;
import java.time.Instant;
import java.util.List;

/**
 * The saved resources, as they were in force.
 *
 * @param asOf the time at which the API server last confirmed them
 * @param scope the watched namespaces and selector; resources of another scope are useless
 */
public record SavedResources(Instant asOf, String scope, List<FanoutSpec> specs) {
  public SavedResources {
    specs = List.copyOf(specs);
  }
}
