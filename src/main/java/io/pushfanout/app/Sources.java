package io.pushfanout.app;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.concurrent.RepeatedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the server learns what to serve: the specs, and the nodes of their services. Once there is
 * something of every source, and broadcasts find it, the server is ready, and stays so when a
 * source goes away later.
 *
 * <p>One thread looks at them; any thread may ask.
 */
final class Sources {
  private static final Duration READY_CHECK = Duration.ofMillis(20);

  /** Once it is ready: for services that come later. */
  private static final Duration LATER_CHECK = Duration.ofMillis(500);

  private enum Stage {
    STARTING,
    READY,
    STOPPING
  }

  private final Registry registry;
  private final Supplier<Optional<String>> whyUnavailable;
  private final ScheduledExecutorService thread;
  private volatile Stage stage = Stage.STARTING;
  private volatile @Nullable SpecSource specs;
  private @Nullable Future<?> looking;

  /**
   * @param whyUnavailable why a broadcast would find no routes now, one line; empty where it would
   * @param thread looks at the sources
   */
  Sources(
      Registry registry,
      Supplier<Optional<String>> whyUnavailable,
      ScheduledExecutorService thread) {
    this.registry = registry;
    this.whyUnavailable = whyUnavailable;
    this.thread = thread;
  }

  /**
   * Has what was saved take the place of sources that do not answer, from now on.
   *
   * @param started has been, so that it knows whether its specs are in force
   * @param onReady runs before {@link #isReady} is true, and not once {@link #stop} has returned;
   *     again only where it has failed
   */
  synchronized void start(SpecSource started, Runnable onReady) {
    specs = started;
    if (stage == Stage.STARTING) {
      looking =
          new RepeatedTask("a look at the sources", () -> look(started, onReady))
              .start(thread, Duration.ZERO, READY_CHECK);
    }
  }

  private void look(SpecSource started, Runnable onReady) {
    Attempts each = new Attempts();
    each.attempt(() -> fallBack(started));
    each.attempt(
        () -> {
          if (started.whyNotInForce().isEmpty() && whyUnavailable.get().isEmpty()) {
            becomeReady(started, onReady);
          }
        });
    each.end();
  }

  private void fallBack(SpecSource started) {
    Attempts each = new Attempts();
    each.attempt(started::fallBack);
    each.attempt(registry::fallBack);
    each.end();
  }

  /** In one step, so that nobody is told after a stop that it is ready. */
  private synchronized void becomeReady(SpecSource started, Runnable onReady) {
    if (stage == Stage.STARTING) {
      onReady.run();
      Future<?> later =
          new RepeatedTask("a look at the sources", () -> fallBack(started))
              .start(thread, LATER_CHECK, LATER_CHECK);
      stopLooking();
      looking = later;
      stage = Stage.READY;
    }
  }

  private void stopLooking() {
    if (looking != null) {
      looking.cancel(false);
    }
  }

  boolean isReady() {
    return stage == Stage.READY;
  }

  /** One sentence; asked while it is not ready. */
  String whyNotReady() {
    if (stage == Stage.STOPPING) {
      return "the server is shutting down";
    }
    SpecSource started = specs;
    return started == null
        ? "starting"
        : started
            .whyNotInForce()
            .or(this::whyServicesAreUnknown)
            .or(whyUnavailable)
            .orElse("starting");
  }

  private Optional<String> whyServicesAreUnknown() {
    SortedMap<String, String> unanswered = registry.unanswered();
    return unanswered.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "etcd has not answered yet for "
                + unanswered.entrySet().stream()
                    .map(service -> "%s (%s)".formatted(service.getKey(), service.getValue()))
                    .collect(Collectors.joining(", ")));
  }

  /** What does not work with the source of the specs, one line; empty where all does. */
  Optional<String> specsProblem() {
    return Optional.ofNullable(specs).flatMap(SpecSource::problem);
  }

  /** As of when the saved specs in force are; empty where none are. */
  Optional<Instant> savedAsOf() {
    return Optional.ofNullable(specs).flatMap(SpecSource::savedAsOf);
  }

  /** It is not ready from now on; what is in force stays so. */
  synchronized void stop() {
    stage = Stage.STOPPING;
    stopLooking();
  }

  /** The nodes are about to retire, and that is no news of the fanouts'. */
  void leave() {
    SpecSource started = specs;
    if (started != null) {
      started.leave();
    }
  }
}
