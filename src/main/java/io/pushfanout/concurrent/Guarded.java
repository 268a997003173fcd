package io.pushfanout.concurrent;

/** A task that an executor runs once, and whose failure it would drop in silence. */
public final class Guarded {
  private Guarded() {}

  /**
   * The same task, which logs what it throws.
   *
   * @param name of the task, for the log
   */
  public static Runnable run(String name, Runnable task) {
    return new RepeatedTask(name, task);
  }
}
