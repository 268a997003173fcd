package io.pushfanout.share;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An executor that runs a bounded number of tasks at a time. Waiting tasks start by turns of the
 * peers that wait, so that no peer waits for all tasks of another peer. The number of waiting tasks
 * has no bound.
 *
 * <p>Threads: any thread may call it; no method waits.
 */
public final class FairExecutor {
  private final Executor executor;
  private final int atATime;

  /** Tasks that wait, by peer; guarded by itself. */
  private final PartyQueue<Runnable> waiting = new PartyQueue<>();

  /** Tasks that run; guarded by {@link #waiting}. */
  private int running;

  public FairExecutor(Executor executor, int atATime) {
    this.executor = executor;
    this.atATime = atATime;
  }

  /**
   * Runs a task now, or queues it behind the peer's earlier tasks.
   *
   * @param peer key of the turns, compared by {@code equals}
   * @param task must not throw
   * @throws RejectedExecutionException when the executor accepts no more tasks
   */
  public void execute(Object peer, Runnable task) {
    synchronized (waiting) {
      if (running >= atATime) {
        waiting.add(peer, task);
        return;
      }
      running++;
    }
    try {
      executor.execute(() -> runAndContinue(task));
    } catch (RuntimeException | Error e) {
      // A thread that cannot be created is an Error; it must free the slot as well.
      synchronized (waiting) {
        running--;
      }
      throw e;
    }
  }

  private void runAndContinue(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      task.run();
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable task = waiting.next(_ -> true);
      if (task == null) {
        running--;
      }
      return task;
    }
  }
}
