package io.pushfanout.discovery;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.plan.Registrations;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * When the listener is told. The first answer at once; then changes in a fixed window from the
 * first of them, so that a burst is one hand-over and yet none waits longer; the loss of etcd, and
 * its return, at once and once each.
 *
 * <p>On discovery's thread, but for {@link #answered}.
 */
final class HandOver {
  static final Duration WINDOW = Duration.ofMillis(100);

  private final RegistrationSet registrations;
  private final Consumer<Registrations> listener;
  private final Timer window;
  private final FailureLog failures = new FailureLog("a hand-over of registrations");
  private volatile boolean answered;
  private boolean listed;
  private boolean degraded;

  HandOver(
      RegistrationSet registrations,
      ScheduledExecutorService thread,
      Consumer<Registrations> listener) {
    this.registrations = registrations;
    this.listener = listener;
    this.window = new Timer(thread);
  }

  /** Whether the listener was told anything yet. From any thread. */
  boolean answered() {
    return answered;
  }

  void listed(boolean news) {
    if (!listed || degraded) {
      listed = true;
      degraded = false;
      now();
    } else if (news) {
      changed();
    }
  }

  void changed() {
    if (!window.isSet()) {
      window.set(WINDOW, this::now);
    }
  }

  /** The last good set stays in force; before there is one there is nothing to say. */
  void unreachable() {
    if (answered && !degraded) {
      degraded = true;
      now();
    }
  }

  /** An answer too, if a bad one: nobody need wait for a better. */
  void refused() {
    if (!answered || !degraded) {
      degraded = true;
      now();
    }
  }

  /** Never throws: who failed to listen is told again. */
  private void now() {
    window.cancel();
    try {
      listener.accept(registrations.handOver(degraded));
      answered = true;
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
      window.set(Timer.AGAIN, this::now);
    }
  }

  void close() {
    window.cancel();
  }
}
