package io.pushfanout.node;

import java.time.Duration;

/**
 * The addresses of a node, its limit on users, and its memory of messages.
 *
 * @param bind the host of both ports
 * @param grpcPort for broadcasts; 0 picks a free port
 * @param httpPort for users and the page; 0 picks a free port
 * @param names additional host names and origins for browsers
 * @param maxSockets users at a time, from 1 to {@link #mostSockets}
 * @param dedupeWindow time for which messages with an id are remembered; zero remembers none
 */
public record NodeOptions(
    String bind,
    int grpcPort,
    int httpPort,
    AllowedNames names,
    int maxSockets,
    Duration dedupeWindow) {
  public static final Duration DEFAULT_DEDUPE_WINDOW = Duration.ofMinutes(5);

  /** Creates options with names of its own, as many users as the heap allows, and defaults. */
  public NodeOptions(String bind, int grpcPort, int httpPort, AllowedNames names) {
    this(bind, grpcPort, httpPort, names, mostSockets(), DEFAULT_DEDUPE_WINDOW);
  }

  /** Creates the same options without additional names. */
  public NodeOptions(String bind, int grpcPort, int httpPort) {
    this(bind, grpcPort, httpPort, AllowedNames.NONE);
  }

  /**
   * @throws IllegalArgumentException when a number is out of bounds, or there is no host
   */
  public NodeOptions {
    if (bind.isEmpty()) {
      throw new IllegalArgumentException("bind must be a host");
    }
    checkPort("grpcPort", grpcPort);
    checkPort("httpPort", httpPort);
    if (maxSockets < 1 || maxSockets > mostSockets()) {
      throw new IllegalArgumentException(
          "maxSockets must be from 1 to " + mostSockets() + ", is " + maxSockets);
    }
  }

  /** Returns the maximum number of users for this process's heap. */
  public static int mostSockets() {
    return UserLimits.mostSockets(Runtime.getRuntime().maxMemory());
  }

  private static void checkPort(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(name + " must be from 0 to 65535, is " + port);
    }
  }
}
