package io.pushfanout.app;

import io.pushfanout.model.NodeAddress;

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
