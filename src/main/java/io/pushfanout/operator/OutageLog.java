package io.pushfanout.operator;

import io.pushfanout.concurrent.FailureLog;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of the outage of one repeated duty at the API server: a line after 10 s of failures, one a
 * minute from then on, and one when it works again. Shorter outages, such as a restart, are not
 * logged; during a restart the API server even forbids allowed requests. For one thread.
 */
final class OutageLog {
  private static final Logger log = LoggerFactory.getLogger(OutageLog.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final String what;
  private final ApiHealth health;
  private final LongSupplier nanoClock;
  private final FailureLog failures;
  private @Nullable Long sinceNanos;
  private @Nullable Long loggedNanos;

  /**
   * @param what the duty, such as "the Leases"
   * @param health receives each failure and each success at once
   */
  OutageLog(String what, ApiHealth health, LongSupplier nanoClock) {
    this.what = what;
    this.health = health;
    this.failures = new FailureLog(what);
    this.nanoClock = nanoClock;
  }

  /**
   * Runs the duty once and records its result.
   *
   * @return false when the API server did not answer, so that further requests would be useless
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
      // An error of this program and no answer of the API server: the other duties go on.
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
    boolean isDue = loggedNanos == null || now - loggedNanos >= AGAIN.toNanos();
    if (lasts && isDue) {
      log.warn(
          "API server, {}: {}; what is known stays in force, another attempt follows", what, why);
      loggedNanos = now;
    }
  }

  void succeeded() {
    health.succeeded(what);
    if (loggedNanos != null) {
      log.info("API server, {}: works again", what);
    }
    sinceNanos = null;
    loggedNanos = null;
  }
}
