package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.nio.charset.StandardCharsets;

/** One resource in a text of its own, held to the same rules as those of files. */
public final class ResourceText {
  private ResourceText() {}

  /**
   * @param text YAML or JSON
   * @return the spec, with generation 1 as for any file
   * @throws IllegalArgumentException when that is not one good resource; the message says what is
   *     wrong, {@code field: message}
   */
  public static FanoutSpec read(String text) {
    Reading reading = ResourceReader.read(text.getBytes(StandardCharsets.UTF_8));
    if (!reading.isGood()) {
      FileProblem first = reading.problems().getFirst();
      throw new IllegalArgumentException(first.field() + ": " + first.message());
    }
    if (reading.fanouts().size() != 1) {
      throw new IllegalArgumentException("must be one resource");
    }
    return reading.fanouts().getFirst().spec();
  }
}
