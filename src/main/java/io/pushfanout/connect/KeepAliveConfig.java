package io.pushfanout.connect;

import java.time.Duration;

/**
 * When to ask a silent node whether it still lives.
 *
 * @param idle a PING goes out when calls are outstanding and nothing has arrived for so long
 * @param answer the connection is dead when nothing has arrived so long after the PING
 * @param interval from an answered PING to the next one, at least: servers of gRPC take a ping
 *     every 5 minutes by default and end the connection of who sends more (gRFC A8)
 */
record KeepAliveConfig(Duration idle, Duration answer, Duration interval) {
  static final KeepAliveConfig DEFAULT =
      new KeepAliveConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMinutes(5));
}
