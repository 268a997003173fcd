package io.pushfanout.app;

import io.pushfanout.fanout.DrainResult;
import io.pushfanout.fanout.FanoutEngine;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the queues of an engine, and says in one line what was left.
 *
 * @param engine null: it was not made, and nothing is left
 * @param timeout how long all queues together may take
 */
record Draining(@Nullable FanoutEngine engine, Duration timeout) {
  private static final Logger log = LoggerFactory.getLogger(Draining.class);

  /** The engine keeps to its deadline by itself; beyond this much more something is broken. */
  private static final Duration ENGINE_GRACE = Duration.ofSeconds(2);

  /** Returns when the queues are closed. */
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

  /** What would be left if it ended now. */
  String leftover() {
    return line(engine == null ? DrainResult.NOTHING : engine.leftover());
  }

  private static String line(DrainResult left) {
    return "stopped: %d queued messages dropped (shutdown), %d deliveries cancelled"
        .formatted(left.queued(), left.inFlight());
  }
}
