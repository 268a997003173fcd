package io.pushfanout.tls;

import org.jspecify.annotations.Nullable;

/** A refusal of a PEM text; the message is one line, and never quotes the text. */
public final class PemException extends Exception {
  private final String problem;

  PemException(String problem) {
    this(problem, null);
  }

  PemException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = problem;
  }

  /** Returns the message, to follow a name of the text. */
  public String problem() {
    return problem;
  }
}
