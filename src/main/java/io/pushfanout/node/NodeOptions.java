package io.pushfanout.node;

/**
 * Where a node listens.
 *
 * @param bind the host of both ports
 * @param grpcPort for broadcasts; 0 picks a free port
 * @param httpPort for users and the page; 0 picks a free port
 */
public record NodeOptions(String bind, int grpcPort, int httpPort) {

  /**
   * @throws IllegalArgumentException when a port is out of bounds, or there is no host
   */
  public NodeOptions {
    if (bind.isEmpty()) {
      throw new IllegalArgumentException("bind must be a host");
    }
    checkPort("grpcPort", grpcPort);
    checkPort("httpPort", httpPort);
  }

  private static void checkPort(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(name + " must be from 0 to 65535, is " + port);
    }
  }
}
