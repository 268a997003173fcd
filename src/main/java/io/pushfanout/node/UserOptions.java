package io.pushfanout.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The settings of a node's users' side.
 *
 * @param bind the host to listen on
 * @param port 0 picks a free one
 * @param idle time without bytes after which a connection is closed that is not a WebSocket
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
  /** Time without bytes after which an incomplete request is closed. */
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
