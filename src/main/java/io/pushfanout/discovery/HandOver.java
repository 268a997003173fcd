package io.pushfanout.discovery;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Trouble;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When the listener is told. The first list at once; then changes in a fixed window from the first
 * of them, so that a burst is one hand-over and yet none waits longer; the loss of etcd, and its
 * return, at once and once each. A refusal is no answer: without a list there is nothing to serve.
 *
 * <p>On discovery's thread, but for {@link #answered}.
 */
final class HandOver {
  static final Duration WINDOW = Duration.ofMillis(100);

  /** Members that fail in different ways take turns: each hand-over looks at all nodes anew. */
  static final Duration REASON_WINDOW = Duration.ofSeconds(5);

  private final RegistrationSet registrations;
  private final Consumer<Registrations> listener;
  private final Consumer<Trouble> unanswered;
  private final Timer window;
  private final FailureLog failures = new FailureLog("a hand-over of registrations");
  private volatile boolean answered;
  private boolean listed;
  private @Nullable Trouble trouble;

  /**
   * @param unanswered gets why there is no list yet
   */
  HandOver(
      RegistrationSet registrations,
      ScheduledExecutorService thread,
      Consumer<Registrations> listener,
      Consumer<Trouble> unanswered) {
    this.registrations = registrations;
    this.listener = listener;
    this.unanswered = unanswered;
    this.window = new Timer(thread);
  }

  /** Whether the listener has got a list. From any thread. */
  boolean answered() {
    return answered;
  }

  void listed(boolean news) {
    if (!listed || trouble != null) {
      listed = true;
      trouble = null;
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

  /**
   * The last good set stays in force, where there is one. A refusal takes the place of silence at
   * once.
   */
  void lost(Trouble why) {
    Trouble before = trouble;
    if (before == null || (why.refused() && !before.refused())) {
      trouble = why;
      now();
    } else if (!before.equals(why)) {
      trouble = why;
      if (!window.isSet()) {
        window.set(REASON_WINDOW, this::now);
      }
    }
  }

  /** Never throws: who failed to listen is told again. */
  private void now() {
    window.cancel();
    try {
      if (listed) {
        listener.accept(registrations.handOver(trouble));
        answered = true;
      } else if (trouble != null) {
        unanswered.accept(trouble);
      }
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
