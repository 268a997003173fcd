package io.pushfanout.app;

/** A long-running part of a command, which a signal ends. */
public interface Service {
  /**
   * Binds the ports and starts to serve.
   *
   * @return the bound addresses
   * @throws Exception if the start fails; all parts started so far are stopped
   */
  Listening start() throws Exception;

  /** Logs the start and the options in force; called after the line with the ports is printed. */
  default void started() {}

  /**
   * Stops all parts in reverse order, within a deadline of its own.
   *
   * @return one line that reports undelivered messages
   */
  String stop();

  /**
   * Returns the same report at once, without stopping the parts: the process ends after this call.
   * Another thread calls this, while {@link #start} or {@link #stop} may be running.
   */
  String abandon();
}
