package io.pushfanout.concurrent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wrapper of one-time tasks that logs their failures, which an executor would drop in silence.
 */
public final class Guarded {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);

  private Guarded() {}

  /**
   * Returns a task that runs the given one, logs its failure, and throws nothing.
   *
   * @param name the task's name in the log
   */
  public static Runnable run(String name, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        failed(name, e);
      }
    };
  }

  private static void failed(String name, Throwable failure) {
    try {
      log.error("{} failed", name, failure);
    } catch (Throwable _) {
      // Logging may need the resource that has run out; the thread's other tasks matter more than
      // the line.
    }
  }
}
