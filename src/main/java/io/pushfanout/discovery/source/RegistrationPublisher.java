package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The schedule of hand-overs to the listener. The first list is handed over at once. Later changes
 * wait for the end of a fixed window from the first of them, so that a burst is one hand-over and
 * no change waits longer. The loss and the return of the registry are handed over at once, once
 * each. A refusal does not count as an answer: without a list there is nothing to serve.
 *
 * <p>On discovery's thread, but for {@link #answered}.
 */
public final class RegistrationPublisher {
  public static final Duration WINDOW = Duration.ofMillis(100);

  /**
   * Window of changed reasons: members that fail in different ways take turns, and each hand-over
   * checks all nodes again.
   */
  public static final Duration REASON_WINDOW = Duration.ofSeconds(5);

  private final Function<@Nullable Trouble, Registrations> registrations;
  private final Consumer<Registrations> listener;
  private final Consumer<Trouble> unanswered;
  private final RestartableTimer window;
  private final FailureLog failures = new FailureLog("a hand-over of registrations");
  private volatile boolean answered;
  private boolean listed;
  private @Nullable Trouble trouble;

  /**
   * @param registrations returns the present registrations, for a reason for which they may be old
   * @param unanswered receives why there is no list yet
   */
  public RegistrationPublisher(
      Function<@Nullable Trouble, Registrations> registrations,
      ScheduledExecutorService thread,
      Consumer<Registrations> listener,
      Consumer<Trouble> unanswered) {
    this.registrations = registrations;
    this.listener = listener;
    this.unanswered = unanswered;
    this.window = new RestartableTimer(thread);
  }

  /** Returns whether the listener has received a list. From any thread. */
  public boolean answered() {
    return answered;
  }

  public void listed(boolean news) {
    if (!listed || trouble != null) {
      listed = true;
      trouble = null;
      now();
    } else if (news) {
      changed();
    }
  }

  public void changed() {
    if (!window.isSet()) {
      window.set(WINDOW, this::now);
    }
  }

  /**
   * Hands over the reason of a loss; the last good set, if there is one, stays in force. A refusal
   * replaces a missing answer at once.
   */
  public void lost(Trouble why) {
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

  /**
   * Hands over now. Never throws: a failed hand-over is repeated after {@link
   * RestartableTimer#AGAIN}.
   */
  private void now() {
    window.cancel();
    try {
      if (listed) {
        listener.accept(registrations.apply(trouble));
        answered = true;
      } else if (trouble != null) {
        unanswered.accept(trouble);
      }
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
      window.set(RestartableTimer.AGAIN, this::now);
    }
  }

  public void close() {
    window.cancel();
  }
}
