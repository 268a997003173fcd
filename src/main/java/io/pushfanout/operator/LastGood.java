package io.pushfanout.operator;

import io.pushfanout.model.FanoutSpec;
import java.time.Instant;
import java.util.List;

/**
 * The specs in force.
 *
 * @param asOf when the API server last confirmed them
 */
public record LastGood(Instant asOf, List<FanoutSpec> specs) {
  public LastGood {
    specs = List.copyOf(specs);
  }
}
