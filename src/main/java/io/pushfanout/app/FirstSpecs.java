package io.pushfanout.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The specs that a source hands over within its start, and whether they are in force. Any thread
 * may ask.
 */
final class FirstSpecs {
  /** They are there, and usually take a moment; a start that takes longer can be asked why. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String from;
  private volatile @Nullable Future<Void> inForce;

  /**
   * @param from where they come from, such as {@code the files}
   */
  FirstSpecs(String from) {
    this.from = from;
  }

  /**
   * Those that came first count.
   *
   * @return the same
   */
  CompletableFuture<Void> handedOver(CompletableFuture<Void> specs) {
    if (inForce == null) {
      inForce = specs;
    }
    return specs;
  }

  /** Waits until they are in force, or takes too long. */
  void await() throws InterruptedException, ExecutionException {
    Future<Void> specs = inForce;
    if (specs != null) {
      try {
        var _ = specs.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        // The engine logs what fails and tries again; readiness says that they are not in force.
      }
    }
  }

  /** One line; empty once they were. */
  Optional<String> whyNotInForce() {
    Future<Void> specs = inForce;
    return specs != null && specs.isDone()
        ? Optional.empty()
        : Optional.of("the fanouts of " + from + " are not in force yet");
  }
}
