package io.pushfanout.discovery;

import io.pushfanout.discovery.source.RestartableTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A probe of a member, repeated to detect one that has stopped answering: frozen, or behind a
 * network that drops its packets. No connection breaks then, and gRPC's own pings take 15 s to
 * detect it; etcd allows no more of them.
 *
 * <p>A member that refuses the probe is well. On one thread alone, where answers are handled too.
 */
final class HealthProbe {
  /** Time from an answer to the next probe. */
  static final Duration PAUSE = Duration.ofSeconds(2);

  /** Time limit of an answer; with the pause, a silent member is left within 4.5 s. */
  static final Duration LIMIT = Duration.ofMillis(2500);

  private final Supplier<? extends CompletableFuture<?>> probe;
  private final ScheduledExecutorService thread;
  private final Consumer<Throwable> dead;
  private final RestartableTimer next;
  private int probes;

  /**
   * @param dead receives the reason, at most once
   */
  HealthProbe(
      Supplier<? extends CompletableFuture<?>> probe,
      ScheduledExecutorService thread,
      Consumer<Throwable> dead) {
    this.probe = probe;
    this.thread = thread;
    this.dead = dead;
    this.next = new RestartableTimer(thread);
  }

  void start() {
    int number = ++probes;
    next.set(LIMIT, () -> stops(new TimeoutException()));
    try {
      probe.get().whenComplete((_, failure) -> answered(number, failure));
    } catch (Throwable e) {
      // Handled later, like any answer: the caller of start may not be ready for it yet.
      answered(number, e);
    }
  }

  private void answered(int number, @Nullable Throwable failure) {
    try {
      thread.execute(
          () -> {
            if (number != probes) {
              return; // An answer to an earlier probe.
            }
            if (failure == null || EtcdFailure.of(failure).refused()) {
              next.set(PAUSE, this::start);
            } else {
              stops(failure);
            }
          });
    } catch (RejectedExecutionException _) {
      // Closed: no caller waits for the result.
    }
  }

  private void stops(Throwable why) {
    stop();
    dead.accept(why);
  }

  void stop() {
    probes++;
    next.cancel();
  }
}
