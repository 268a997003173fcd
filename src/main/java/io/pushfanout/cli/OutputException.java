package io.pushfanout.cli;

import java.io.IOException;

/** Results cannot be written to stdout: its reader has gone, or its disk is full. */
final class OutputException extends IOException {
  private static final String LOST = "the output cannot be written to stdout";

  OutputException() {
    super(LOST);
  }

  /**
   * @param done what the command has done all the same, as the beginning of a sentence
   */
  OutputException(String done) {
    super(done + ", but " + LOST);
  }
}
