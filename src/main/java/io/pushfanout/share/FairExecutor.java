package io.pushfanout.share;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs so many tasks at a time. What waits is taken by turns from the peers that wait, so that
 * nobody waits for all that another one wants. It does not bound how many wait.
 *
 * <p>Any thread may call it; none waits.
 */
public final class FairExecutor {
  private final Executor executor;
  private final int atATime;

  /** Guarded by itself. */
  private final PartyQueue<Runnable> waiting = new PartyQueue<>();

  /** Guarded by {@link #waiting}. */
  private int running;

  public FairExecutor(Executor executor, int atATime) {
    this.executor = executor;
    this.atATime = atATime;
  }

  /**
   * @param peer peers are told apart by being equal or not
   * @param task must not throw
   * @throws RejectedExecutionException when the executor takes nothing any more
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
      executor.execute(() -> runAndGoOn(task));
    } catch (RuntimeException | Error e) {
      // Without a thread too, which is an Error: the place is given back.
      synchronized (waiting) {
        running--;
      }
      throw e;
    }
  }

  private void runAndGoOn(Runnable first) {
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
