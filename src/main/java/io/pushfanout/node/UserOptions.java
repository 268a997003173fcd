package io.pushfanout.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How the side of a node that faces users is run.
 *
 * @param bind the host to listen on
 * @param port 0 picks a free one
 * @param idle how long a connection may stay silent before it is a WebSocket
 * @param pingNanos between two pings of a WebSocket
 * @param nanoClock for pings
 */
record UserOptions(
    String bind,
    int port,
    AllowedNames names,
    Duration idle,
    long pingNanos,
    LongSupplier nanoClock) {
  /** Who has sent half a request and nothing more for so long is cut. */
  private static final Duration IDLE = Duration.ofSeconds(60);

  static UserOptions on(String bind, int port) {
    return new UserOptions(
        bind, port, AllowedNames.NONE, IDLE, Heartbeat.INTERVAL_NANOS, System::nanoTime);
  }

  UserOptions withNames(AllowedNames allowed) {
    return new UserOptions(bind, port, allowed, idle, pingNanos, nanoClock);
  }

  UserOptions withIdle(Duration silence) {
    return new UserOptions(bind, port, names, silence, pingNanos, nanoClock);
  }

  UserOptions withPings(Duration interval, LongSupplier clock) {
    return new UserOptions(bind, port, names, idle, interval.toNanos(), clock);
  }
}
