package io.pushfanout.operator.client;

import org.jspecify.annotations.Nullable;

/** A reason for which there can be no client of the API server: one line that names its source. */
public final class ClusterException extends RuntimeException {
  ClusterException(String message) {
    this(message, null);
  }

  ClusterException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The message, which is always there. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
