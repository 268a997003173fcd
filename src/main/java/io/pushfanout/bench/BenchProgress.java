package io.pushfanout.bench;

import io.pushfanout.client.ArrivalSchedule;
import io.pushfanout.client.LoadResult;
import io.pushfanout.concurrent.Threads;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** A progress line that is updated each second while a load runs, if stderr is a terminal. */
public final class BenchProgress {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** The control sequence that returns to the start of the line and clears it. */
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean watched;

  /**
   * @param watched whether {@code err} is a terminal
   */
  public BenchProgress(PrintWriter err, boolean watched) {
    this.err = err;
    this.watched = watched;
  }

  /** Shows the progress until the result is closed, which clears the line. */
  public Shown of(String phase, ArrivalSchedule pace, Supplier<LoadResult> now) {
    return new Shown(() -> CLEAR_LINE + line(phase, pace, now.get()));
  }

  /** A progress line on the terminal. */
  public final class Shown implements AutoCloseable {
    private boolean closed = !watched;

    private Shown(Supplier<String> line) {
      if (watched) {
        Threads.start("progress", () -> keepShowing(line));
      }
    }

    private void keepShowing(Supplier<String> line) {
      try {
        while (show(line.get())) {
          Thread.sleep(EVERY);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized boolean show(String text) {
      if (closed) {
        return false;
      }
      err.print(text);
      return !err.checkError();
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        err.print(CLEAR_LINE);
        err.flush();
      }
    }
  }

  static String line(String phase, ArrivalSchedule pace, LoadResult now) {
    return String.format(
        Locale.ROOT,
        "%s: %.0f of %d s, %.0f/s, p99 %.2f ms, %d dropped, %d errors",
        phase,
        now.seconds(),
        Math.ceilDiv(pace.duration().toMillis(), 1000),
        now.sentPerSecond(),
        now.latency().p99(),
        now.dropped(),
        now.failed());
  }
}
