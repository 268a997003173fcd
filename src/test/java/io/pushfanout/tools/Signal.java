package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends signals to processes that a test has started. */
public final class Signal {
  private Signal() {}

  /**
   * @param name the signal's name, such as TERM
   */
  public static void send(String name, Process process) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("cannot send " + name + " to process " + process.pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
