package io.pushfanout.app;

/** What a command runs until a signal ends it. */
public interface Service {
  /**
   * Binds the ports and begins to work.
   *
   * @return where it listens
   * @throws Exception when it cannot; what it had begun by then is undone
   */
  Listening start() throws Exception;

  /** Logs the start and what was in force by then; called once the line of the ports is out. */
  default void started() {}

  /**
   * Stops in good order, within a deadline of its own.
   *
   * @return one line that says what was left
   */
  String stop();

  /**
   * The same at once: the process ends when this returns. Called on another thread, while {@link
   * #start} or {@link #stop} may be at work.
   */
  String abandon();
}
