package io.pushfanout.app;

import io.pushfanout.model.NodeAddress;

/** Where a process listens, once its ports are bound. */
public record Listening(NodeAddress grpc, NodeAddress http) {
  public static Listening on(String bind, int grpcPort, int httpPort) {
    return new Listening(new NodeAddress(bind, grpcPort), new NodeAddress(bind, httpPort));
  }

  /** The line by which scripts and tests learn the ports. */
  @Override
  public String toString() {
    return "pushfanout: listening grpc=" + grpc + " http=" + http;
  }
}
