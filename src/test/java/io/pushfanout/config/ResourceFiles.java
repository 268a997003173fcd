package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.util.List;
import java.util.Optional;

/** The reader of resource files, for tests of other packages. */
public final class ResourceFiles {
  private ResourceFiles() {}

  /** Returns the specs of a file, or empty when the file has a problem. */
  public static Optional<List<FanoutSpec>> read(byte[] file) {
    ParseResult reading = ResourceReader.read(file);
    return reading.isGood()
        ? Optional.of(reading.fanouts().stream().map(FoundFanout::spec).toList())
        : Optional.empty();
  }
}
