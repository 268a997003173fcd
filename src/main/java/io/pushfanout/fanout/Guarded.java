package io.pushfanout.fanout;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a fault in one task of a thread from ending what comes after it: an executor would swallow
 * the exception, and stop a periodic task for good.
 */
public final class Guarded {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);

  private Guarded() {}

  /**
   * The same task, which logs what it throws.
   *
   * @param name of the task, for the log
   */
  public static Runnable run(String name, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("{} failed", name, e);
      }
    };
  }
}
