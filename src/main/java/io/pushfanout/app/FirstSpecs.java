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
 * The specs that a source hands over during its start, and whether they are in force. Any thread
 * may call its methods.
 */
final class FirstSpecs {
  /** The longest wait of a start; after it, readiness reports that the specs are not in force. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String from;
  private volatile @Nullable Future<Void> inForce;

  /**
   * @param from the name of the source, such as {@code the files}
   */
  FirstSpecs(String from) {
    this.from = from;
  }

  /**
   * Records the specs if they are the first.
   *
   * @return the argument
   */
  CompletableFuture<Void> handedOver(CompletableFuture<Void> specs) {
    if (inForce == null) {
      inForce = specs;
    }
    return specs;
  }

  /** Waits until the first specs are in force, at most 10 s. */
  void await() throws InterruptedException, ExecutionException {
    Future<Void> specs = inForce;
    if (specs != null) {
      try {
        var _ = specs.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        // The engine logs failures and retries; readiness reports that the specs are not in force.
      }
    }
  }

  /** Returns the reason in one line; empty once the specs were in force. */
  Optional<String> whyNotInForce() {
    Future<Void> specs = inForce;
    return specs != null && specs.isDone()
        ? Optional.empty()
        : Optional.of("the fanouts of " + from + " are not in force yet");
  }
}
