package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a member a small question again and again, to find out when it has gone silent: frozen, or
 * behind a network that swallows what it is given. No connection breaks then, and gRPC's own pings,
 * of which etcd allows no more, take 15 s to tell.
 *
 * <p>A member that refuses the question is well. On one thread alone, where the answers are taken
 * too.
 */
final class Pulse {
  /** From an answer to the next question. */
  static final Duration PAUSE = Duration.ofSeconds(2);

  /** For an answer; with the pause, a silent member is left within 4.5 s. */
  static final Duration LIMIT = Duration.ofMillis(2500);

  private final Supplier<? extends CompletableFuture<?>> question;
  private final ScheduledExecutorService thread;
  private final Consumer<Throwable> dead;
  private final Timer next;
  private int asked;

  /**
   * @param dead is told why at most once
   */
  Pulse(
      Supplier<? extends CompletableFuture<?>> question,
      ScheduledExecutorService thread,
      Consumer<Throwable> dead) {
    this.question = question;
    this.thread = thread;
    this.dead = dead;
    this.next = new Timer(thread);
  }

  void start() {
    int number = ++asked;
    next.set(LIMIT, () -> stops(new TimeoutException()));
    try {
      question.get().whenComplete((_, failure) -> answered(number, failure));
    } catch (Throwable e) {
      answered(number, e); // Later, like any answer: who began may not be there yet to hear it.
    }
  }

  private void answered(int number, @Nullable Throwable failure) {
    try {
      thread.execute(
          () -> {
            if (number != asked) {
              return; // Too late.
            }
            if (failure == null || Failure.of(failure).refused()) {
              next.set(PAUSE, this::start);
            } else {
              stops(failure);
            }
          });
    } catch (RejectedExecutionException _) {
      // Closed: nobody waits for it.
    }
  }

  private void stops(Throwable why) {
    stop();
    dead.accept(why);
  }

  void stop() {
    asked++;
    next.cancel();
  }
}
