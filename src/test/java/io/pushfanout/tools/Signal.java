package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends signals to processes that a test has started. */
public final class Signal {
  /** Number of SIGINT. */
  public static final int INT = 2;

  private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s*([0-9a-f]+)$");

  private Signal() {}

  /**
   * Returns whether this process ignores a signal, and with it each process that it starts: shells
   * start background jobs so. A system without {@code /proc} counts as one that does not.
   *
   * @param number the signal's number
   */
  public static boolean isIgnored(int number) {
    Path status = Path.of("/proc/self/status");
    try {
      Matcher ignored = IGNORED.matcher(Files.exists(status) ? Files.readString(status) : "");
      return ignored.find()
          && (Long.parseUnsignedLong(ignored.group(1), 16) & 1L << (number - 1)) != 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
