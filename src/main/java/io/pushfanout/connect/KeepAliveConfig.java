package io.pushfanout.connect;

import java.time.Duration;

/**
 * The times of PINGs that check a silent node.
 *
 * @param idle time without any arrival, while calls are outstanding, after which a PING goes out
 * @param answer time without any arrival after the PING, after which the connection is dead
 * @param interval least time from an answered PING to the next one: servers of gRPC take a ping
 *     every 5 minutes by default, and end the connection of a client that sends more (gRFC A8)
 */
record KeepAliveConfig(Duration idle, Duration answer, Duration interval) {
  static final KeepAliveConfig DEFAULT =
      new KeepAliveConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMinutes(5));
}
