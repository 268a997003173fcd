package io.pushfanout.app;

import io.pushfanout.model.NodeAddress;

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

  /** The addresses of a process after binding its ports. */
  public record Listening(NodeAddress grpc, NodeAddress http) {
    public static Listening on(String bind, int grpcPort, int httpPort) {
      return new Listening(new NodeAddress(bind, grpcPort), new NodeAddress(bind, httpPort));
    }

    /** Returns the line that gives the ports to scripts and tests. */
    @Override
    public String toString() {
      return "pushfanout: listening grpc=" + grpc + " http=" + http;
    }
  }
}
