package io.pushfanout.app;

import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.FanoutEngine.DrainResult;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A drain of an engine's queues, which reports undelivered messages in one line.
 *
 * @param engine the engine; null if the start failed before making one
 * @param timeout the deadline of all queues together
 */
record Draining(@Nullable FanoutEngine engine, Duration timeout) {
  private static final Logger log = LoggerFactory.getLogger(Draining.class);

  /**
   * Wait beyond the deadline; the engine keeps the deadline by itself, so a longer drain is a
   * defect.
   */
  private static final Duration ENGINE_GRACE = Duration.ofSeconds(2);

  /** Closes the queues, waits until they are closed, and returns the report. */
  String drain() {
    if (engine != null) {
      try {
        return line(
            engine
                .shutdown(timeout)
                .get(timeout.plus(ENGINE_GRACE).toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException | ExecutionException e) {
        log.error("the queues did not close in time", e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    return leftover();
  }

  /** Returns the report of an end without a drain. */
  String leftover() {
    return line(engine == null ? DrainResult.NOTHING : engine.leftover());
  }

  private static String line(DrainResult left) {
    return "stopped: %d queued messages dropped (shutdown), %d deliveries cancelled"
        .formatted(left.queued(), left.inFlight());
  }
}
