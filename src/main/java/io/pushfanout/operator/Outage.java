package io.pushfanout.operator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that the API server cannot be asked or told something: once when that begins, once more when
 * the reason changes, and when it is over. For one thread.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private @Nullable String reason;

  void begins(String why) {
    if (!why.equals(reason)) {
      log.warn("the API server: {}; serving on with what is known, and trying again", why);
      reason = why;
    }
  }

  void over() {
    if (reason != null) {
      log.info("the API server answers again");
      reason = null;
    }
  }
}
