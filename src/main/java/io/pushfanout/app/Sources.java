package io.pushfanout.app;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the server learns what to serve: the specs, and the nodes of their services. Once there is
 * something of every source it is ready, and stays so when a source goes away later.
 *
 * <p>One thread looks at them; any thread may ask.
 */
final class Sources {
  private static final long READY_CHECK_MILLIS = 20;

  /** Once it is ready: for services that come later. */
  private static final long LATER_CHECK_MILLIS = 500;

  private enum Stage {
    STARTING,
    READY,
    STOPPING
  }

  private final Registry registry;
  private final ScheduledExecutorService thread;
  private volatile Stage stage = Stage.STARTING;
  private volatile @Nullable SpecSource specs;

  /**
   * @param thread looks at the sources
   */
  Sources(Registry registry, ScheduledExecutorService thread) {
    this.registry = registry;
    this.thread = thread;
  }

  /**
   * Has what was saved take the place of sources that do not answer, from now on.
   *
   * @param started has been, so that it knows whether its specs are in force
   * @param onReady called at most once, and not once {@link #stop} has returned
   */
  void start(SpecSource started, Runnable onReady) {
    specs = started;
    thread.execute(() -> look(started, onReady));
  }

  private void look(SpecSource started, Runnable onReady) {
    if (stage == Stage.STOPPING) {
      return;
    }
    started.fallBack();
    registry.fallBack();
    if (!isReady() && started.whyNotInForce().isEmpty() && registry.unanswered().isEmpty()) {
      becomeReady(onReady);
    }
    thread.schedule(
        () -> look(started, onReady),
        isReady() ? LATER_CHECK_MILLIS : READY_CHECK_MILLIS,
        MILLISECONDS);
  }

  /** In one step, so that nobody is told after a stop that it is ready. */
  private synchronized void becomeReady(Runnable onReady) {
    if (stage == Stage.STARTING) {
      stage = Stage.READY;
      onReady.run();
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
        : started.whyNotInForce().orElseGet(this::whyServicesAreUnknown);
  }

  private String whyServicesAreUnknown() {
    return "etcd has not answered yet for "
        + registry.unanswered().entrySet().stream()
            .map(service -> "%s (%s)".formatted(service.getKey(), service.getValue()))
            .collect(Collectors.joining(", "));
  }

  /** As of when the saved specs in force are; empty where none are. */
  Optional<Instant> savedAsOf() {
    return Optional.ofNullable(specs).flatMap(SpecSource::savedAsOf);
  }

  /** It is not ready from now on; what is in force stays so. */
  synchronized void stop() {
    stage = Stage.STOPPING;
  }

  /** The nodes are about to retire, and that is no news of the fanouts'. */
  void leave() {
    SpecSource started = specs;
    if (started != null) {
      started.leave();
    }
  }
}
