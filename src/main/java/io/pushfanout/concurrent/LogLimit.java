package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A limit on the log lines that one party causes: a number of lines in any 20 s. The next line
 * written carries the number of lines left out. May be used from any thread.
 */
public final class LogLimit {
  public static final Duration WITHIN = Duration.ofSeconds(20);

  private final int lines;
  private final LongSupplier nanoClock;

  /** Times of the last lines written, oldest first. Guarded by this. */
  private final Deque<Long> written = new ArrayDeque<>();

  /** Lines left out since the last one written. Guarded by this. */
  private long leftOut;

  /**
   * @param lines the most lines in any 20 s
   */
  public LogLimit(int lines, LongSupplier nanoClock) {
    this.lines = lines;
    this.nanoClock = nanoClock;
  }

  /**
   * Writes a line, unless the limit is reached.
   *
   * @param line writes the line with the given text at its end
   * @return whether the line was written
   */
  public boolean write(Consumer<String> line) {
    long before;
    synchronized (this) {
      long now = nanoClock.getAsLong();
      while (!written.isEmpty() && now - written.peek() >= WITHIN.toNanos()) {
        written.remove();
      }
      if (written.size() >= lines) {
        leftOut++;
        return false;
      }
      written.add(now);
      before = leftOut;
      leftOut = 0;
    }
    line.accept(before == 0 ? "" : " (%d lines about it were left out)".formatted(before));
    return true;
  }
}
