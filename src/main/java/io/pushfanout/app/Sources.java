package io.pushfanout.app;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.concurrent.RepeatedTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sources of the server: the specs, and the nodes of each. The server becomes ready when every
 * source has given its state and broadcasts find routes. It stays ready when a source fails later.
 *
 * <p>One thread checks the sources; any thread may call the methods.
 */
final class Sources {
  /** Interval of the check until the server is ready. */
  private static final Duration READY_CHECK = Duration.ofMillis(20);

  /** Interval of the check once the server is ready, for sources that are added later. */
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
  private @Nullable Future<?> check;

  /**
   * @param whyUnavailable why a broadcast would find no routes now, in one line; empty if there are
   *     routes
   * @param thread runs the checks
   */
  Sources(
      Registry registry,
      Supplier<Optional<String>> whyUnavailable,
      ScheduledExecutorService thread) {
    this.registry = registry;
    this.whyUnavailable = whyUnavailable;
    this.thread = thread;
  }

  /** Returns the source of the specs; empty before its start. */
  Optional<SpecSource> specs() {
    return Optional.ofNullable(specs);
  }

  /**
   * Starts the checks, which replace sources that do not answer by their saved state.
   *
   * @param started the source, already started, so that it can report whether its specs are in
   *     force
   * @param onReady runs before {@link #isReady} is true, and not once {@link #stop} has returned;
   *     it is repeated only after a failure
   */
  synchronized void start(SpecSource started, Runnable onReady) {
    specs = started;
    if (stage == Stage.STARTING) {
      check =
          new RepeatedTask("a check of the sources", () -> check(started, onReady))
              .start(thread, Duration.ZERO, READY_CHECK);
    }
  }

  private void check(SpecSource started, Runnable onReady) {
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

  /** Becomes ready in one step under the lock, so that no ready report follows a stop. */
  private synchronized void becomeReady(SpecSource started, Runnable onReady) {
    if (stage == Stage.STARTING) {
      onReady.run();
      Future<?> later =
          new RepeatedTask("a check of the sources", () -> fallBack(started))
              .start(thread, LATER_CHECK, LATER_CHECK);
      stopCheck();
      check = later;
      stage = Stage.READY;
    }
  }

  private void stopCheck() {
    if (check != null) {
      check.cancel(false);
    }
  }

  boolean isReady() {
    return stage == Stage.READY;
  }

  /** Returns the reason in one sentence; called only while the server is not ready. */
  String whyNotReady() {
    if (stage == Stage.STOPPING) {
      return "the server is shutting down";
    }
    SpecSource started = specs;
    return started == null
        ? "starting"
        : started
            .whyNotInForce()
            .or(this::whyNodesAreUnknown)
            .or(whyUnavailable)
            .orElse("starting");
  }

  private Optional<String> whyNodesAreUnknown() {
    SortedMap<String, List<String>> byRegistry = new TreeMap<>();
    registry
        .unanswered()
        .forEach(
            (source, why) ->
                byRegistry
                    .computeIfAbsent(registry.registryOf(source), _ -> new ArrayList<>())
                    .add("%s (%s)".formatted(source, why)));
    return byRegistry.isEmpty()
        ? Optional.empty()
        : Optional.of(
            byRegistry.entrySet().stream()
                .map(
                    of ->
                        "%s has not answered yet for %s"
                            .formatted(of.getKey(), String.join(", ", of.getValue())))
                .collect(Collectors.joining("; ")));
  }

  /** Returns the problem of the source of the specs in one line; empty if there is none. */
  Optional<String> specsProblem() {
    return Optional.ofNullable(specs).flatMap(SpecSource::problem);
  }

  /** Makes the server not ready from now on; specs and nodes in force stay. */
  synchronized void stop() {
    stage = Stage.STOPPING;
    stopCheck();
  }

  /**
   * Stops the reports of the source before the nodes retire: the shutdown is no event of a fanout.
   */
  void leave() {
    SpecSource started = specs;
    if (started != null) {
      started.leave();
    }
  }
}
