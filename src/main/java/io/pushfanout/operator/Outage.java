package io.pushfanout.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that the API server cannot be asked or told something: when that has lasted for a while,
 * once a minute from then on, and when it is over. A restart is nobody's business; while it lasts
 * the API server even says that what we may do is forbidden. For one thread.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  /** Some of what we do is done every 5 s only. */
  private static final Duration OVER = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;
  private @Nullable Integer failing;
  private long sinceNanos;
  private long lastNanos;
  private @Nullable Integer told;
  private long toldNanos;

  Outage(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * @param code HTTP status; 0 without an answer. Failures of one code are one trouble
   */
  void failed(int code, String why) {
    lastNanos = nanoClock.getAsLong();
    if (failing == null || failing != code) {
      failing = code;
      sinceNanos = lastNanos;
    }
    boolean lasts = lastNanos - sinceNanos >= PATIENCE.toNanos();
    boolean news = told == null || told != code || lastNanos - toldNanos >= AGAIN.toNanos();
    if (lasts && news) {
      log.warn("the API server: {}; serving on with what is known, and trying again", why);
      told = code;
      toldNanos = lastNanos;
    }
  }

  void succeeded() {
    if (failing == null || nanoClock.getAsLong() - lastNanos < OVER.toNanos()) {
      return;
    }
    if (told != null) {
      log.info("the API server answers again");
    }
    failing = null;
    told = null;
  }
}
