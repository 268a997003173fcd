package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.util.List;
import java.util.Optional;

/** For tests of others: what a file's bytes say. */
public final class ResourceFiles {
  private ResourceFiles() {}

  /** Empty when anything is wrong with it. */
  public static Optional<List<FanoutSpec>> read(byte[] file) {
    ParseResult reading = ResourceReader.read(file);
    return reading.isGood()
        ? Optional.of(reading.fanouts().stream().map(FoundFanout::spec).toList())
        : Optional.empty();
  }
}
