package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.nio.charset.StandardCharsets;

/** A reader of a text with one resource, under the same rules as files. */
public final class ResourceText {
  private ResourceText() {}

  /**
   * Returns the spec of the resource in a text.
   *
   * @param text YAML or JSON
   * @return the spec, with generation 1 as for any file
   * @throws IllegalArgumentException when the text is not one valid resource; the message is {@code
   *     field: message}
   */
  public static FanoutSpec read(String text) {
    ParseResult reading = ResourceReader.read(text.getBytes(StandardCharsets.UTF_8));
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
