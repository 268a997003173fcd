package io.pushfanout.fanout;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a fault in one task of a thread from ending what comes after it: an executor would swallow
 * what was thrown, and stop a periodic task for good. An Error is no exception: for want of a
 * thread or of direct memory the process lives on.
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
      } catch (Throwable e) {
        log.error("{} failed", name, e);
      }
    };
  }
}
