package io.pushfanout.options;

import io.pushfanout.text.QuantityFormat;

/** A number of bytes, given as a Kubernetes quantity such as {@code 4Mi}. */
public record ByteSize(long bytes) {
  public static ByteSize parse(String text) {
    try {
      return new ByteSize(QuantityFormat.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", is \"" + text + "\"", e);
    }
  }
}
