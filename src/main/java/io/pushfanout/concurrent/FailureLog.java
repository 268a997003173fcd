package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of the failures of one repeated task: each failure once, by its class and message, and one
 * line when the outage ends. An outage ends when nothing has failed for 10 s, and has at most 10
 * lines. For one thread; neither method throws.
 */
public final class FailureLog {
  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  static final Duration RECOVERED_AFTER = Duration.ofSeconds(10);
  static final int LINES_MAX = 10;

  private final String name;
  private final LongSupplier nanoClock;
  private final Set<String> logged = new HashSet<>();

  /** Nano time of the first success since the last failure; null without one. */
  private @Nullable Long succeedingSinceNanos;

  /**
   * @param name the task, such as {@code writing the audit log}
   */
  public FailureLog(String name) {
    this(name, System::nanoTime);
  }

  FailureLog(String name, LongSupplier nanoClock) {
    this.name = name;
    this.nanoClock = nanoClock;
  }

  /** Logs a failure of the task, which is tried again. */
  public void failed(Throwable failure) {
    try {
      endIfRecovered();
      succeedingSinceNanos = null;
      String failureText = failure.getClass().getName() + ": " + failure.getMessage();
      if (logged.size() < LINES_MAX && logged.add(failureText)) {
        log.error("{} failed, and is tried again", name, failure);
      }
    } catch (Throwable _) {
      // Logging may need the resource that has run out; the next try matters more than the line.
    }
  }

  /** Records a success, and logs the end of the outage if there was one. */
  public void succeeded() {
    if (logged.isEmpty()) {
      return;
    }
    try {
      if (succeedingSinceNanos == null) {
        succeedingSinceNanos = nanoClock.getAsLong();
      }
      endIfRecovered();
    } catch (Throwable _) {
      // The next run matters more than the line.
    }
  }

  private void endIfRecovered() {
    Long since = succeedingSinceNanos;
    if (since != null && nanoClock.getAsLong() - since >= RECOVERED_AFTER.toNanos()) {
      logged.clear();
      succeedingSinceNanos = null;
      log.info("{} works again", name);
    }
  }
}
