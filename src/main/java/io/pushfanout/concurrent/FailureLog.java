package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one thing that is tried again and again: each failure once, by its class and message,
 * and one line when the trouble is over. A trouble is over when nothing has failed for 10 s, and
 * has at most 10 lines. For one thread; neither method throws.
 */
public final class FailureLog {
  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  static final Duration WELL = Duration.ofSeconds(10);
  static final int LINES_MAX = 10;

  private final String name;
  private final LongSupplier nanoClock;
  private final Set<String> logged = new HashSet<>();

  /** Since when it has worked after a failure. */
  private @Nullable Long wellSinceNanos;

  /**
   * @param name what is tried, such as {@code the look at the files}
   */
  public FailureLog(String name) {
    this(name, System::nanoTime);
  }

  FailureLog(String name, LongSupplier nanoClock) {
    this.name = name;
    this.nanoClock = nanoClock;
  }

  /** It has failed, and is tried again. */
  public void failed(Throwable failure) {
    try {
      endIfWell();
      wellSinceNanos = null;
      String what = failure.getClass().getName() + ": " + failure.getMessage();
      if (logged.size() < LINES_MAX && logged.add(what)) {
        log.error("{} failed, and is tried again", name, failure);
      }
    } catch (Throwable _) {
      // Logging may need what has run out; the next try matters more than the line.
    }
  }

  /** It has worked. */
  public void succeeded() {
    if (logged.isEmpty()) {
      return;
    }
    try {
      if (wellSinceNanos == null) {
        wellSinceNanos = nanoClock.getAsLong();
      }
      endIfWell();
    } catch (Throwable _) {
      // As above.
    }
  }

  private void endIfWell() {
    Long since = wellSinceNanos;
    if (since != null && nanoClock.getAsLong() - since >= WELL.toNanos()) {
      logged.clear();
      wellSinceNanos = null;
      log.info("{} works again", name);
    }
  }
}
