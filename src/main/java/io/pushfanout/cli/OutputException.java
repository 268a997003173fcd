package io.pushfanout.cli;

import java.io.IOException;

/** A failure to write results to stdout: its reader has gone, or its disk is full. */
final class OutputException extends IOException {
  private static final String LOST = "the output cannot be written to stdout";

  OutputException() {
    super(LOST);
  }

  /**
   * Creates a failure of a command that did its work before.
   *
   * @param done completed work, as the beginning of a sentence
   */
  OutputException(String done) {
    super(done + ", but " + LOST);
  }
}
