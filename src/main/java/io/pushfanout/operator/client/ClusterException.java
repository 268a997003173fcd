package io.pushfanout.operator.client;

import org.jspecify.annotations.Nullable;

/**
 * A failure to create a client of the API server; the message is one line that names its source.
 */
public final class ClusterException extends RuntimeException {
  ClusterException(String message) {
    this(message, null);
  }

  ClusterException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns the message, which is never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
