package io.pushfanout.concurrent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task that an executor runs once, and whose failure it would drop in silence. */
public final class Guarded {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);

  private Guarded() {}

  /**
   * The same task, which logs what it throws, and throws nothing.
   *
   * @param name of the task, for the log
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
      // Logging may need what has run out; the thread's other tasks matter more than the line.
    }
  }
}
