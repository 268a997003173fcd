package io.pushfanout.operator;

import io.pushfanout.concurrent.FailureLog;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that one thing that is done again and again with the API server fails: when that has lasted
 * for a while, once a minute from then on, and when it is over. A restart is nobody's business;
 * while it lasts the API server even says that what we may do is forbidden. For one thread.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final String what;
  private final ApiHealth health;
  private final LongSupplier nanoClock;
  private final FailureLog failures;
  private @Nullable Long sinceNanos;
  private @Nullable Long toldNanos;

  /**
   * @param what is done, such as "the Leases"
   * @param health gets each failure and each success at once
   */
  Outage(String what, ApiHealth health, LongSupplier nanoClock) {
    this.what = what;
    this.health = health;
    this.failures = new FailureLog(what);
    this.nanoClock = nanoClock;
  }

  /**
   * Does it once.
   *
   * @return false when nobody answered, so that there is no use in asking for anything else
   */
  boolean attempt(Runnable task) {
    try {
      task.run();
      failures.succeeded();
      succeeded();
      return true;
    } catch (RuntimeException e) {
      failed(health.reason(e));
      if (ApiFailure.isOfIdentity(e)) {
        health.identityRefused();
      }
      return !ApiFailure.isNoAnswer(e);
    } catch (Error e) {
      // Ours, and no word of the API server's: what else there is to do is done.
      failures.failed(e);
      failed(health.reason(e));
      return true;
    }
  }

  void failed(String why) {
    long now = nanoClock.getAsLong();
    if (sinceNanos == null) {
      sinceNanos = now;
    }
    health.failed(what, why);
    boolean lasts = now - sinceNanos >= PATIENCE.toNanos();
    boolean news = toldNanos == null || now - toldNanos >= AGAIN.toNanos();
    if (lasts && news) {
      log.warn(
          "API server, {}: {}; what is known stays in force, another attempt follows", what, why);
      toldNanos = now;
    }
  }

  void succeeded() {
    health.succeeded(what);
    if (toldNanos != null) {
      log.info("API server, {}: works again", what);
    }
    sinceNanos = null;
    toldNanos = null;
  }
}
