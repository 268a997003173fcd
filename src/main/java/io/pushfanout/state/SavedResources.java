package io.pushfanout.state;

import io.pushfanout.model.FanoutSpec;
import java.time.Instant;
import java.util.List;

/**
 * Every resource as it was in force.
 *
 * @param asOf when the API server last said so
 * @param scope which resources were asked for: those of another scope are no use to anybody
 */
public record SavedResources(Instant asOf, String scope, List<FanoutSpec> specs) {
  public SavedResources {
    specs = List.copyOf(specs);
  }
}
