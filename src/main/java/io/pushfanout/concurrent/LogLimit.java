package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Bounds the lines that one party can have the log write, whatever it does: so many in any 20 s.
 * The next line that is written has the number of those that were left out. May be used from any
 * thread.
 */
public final class LogLimit {
  public static final Duration WITHIN = Duration.ofSeconds(20);

  private final int lines;
  private final LongSupplier nanoClock;

  /** When the last lines were written, the oldest first. Guarded by this. */
  private final Deque<Long> written = new ArrayDeque<>();

  /** Guarded by this. */
  private long leftOut;

  /**
   * @param lines in any 20 s
   */
  public LogLimit(int lines, LongSupplier nanoClock) {
    this.lines = lines;
    this.nanoClock = nanoClock;
  }

  /**
   * Writes a line, unless there were too many.
   *
   * @param line writes it, with what it is given at its end
   * @return whether it was written
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
