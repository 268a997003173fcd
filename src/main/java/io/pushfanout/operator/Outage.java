package io.pushfanout.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that the API server cannot be asked or told something: when that begins, when the reason
 * changes, once a minute while it lasts, and when nothing has failed for a while. For one thread.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private static final Duration AGAIN = Duration.ofMinutes(1);

  /** Some of what we do is done every 5 s only. */
  private static final Duration OVER = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;
  private @Nullable String reason;
  private long saidNanos;
  private long failedNanos;

  Outage(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void failed(String why) {
    failedNanos = nanoClock.getAsLong();
    if (!why.equals(reason) || failedNanos - saidNanos >= AGAIN.toNanos()) {
      log.warn("the API server: {}; serving on with what is known, and trying again", why);
      reason = why;
      saidNanos = failedNanos;
    }
  }

  void succeeded() {
    if (reason != null && nanoClock.getAsLong() - failedNanos >= OVER.toNanos()) {
      log.info("the API server answers again");
      reason = null;
    }
  }
}
