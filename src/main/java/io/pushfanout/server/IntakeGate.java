package io.pushfanout.server;

import java.util.concurrent.TimeUnit;

/**
 * A gate that slows the intake of calls while their messages come faster than they leave: the
 * queues of all their nodes are half full or more. Deliveries then get the time of calls that would
 * only have their messages dropped. For one event loop and its connections.
 */
final class IntakeGate {
  /** Calls of a connection in one turn of the loop; the answers of nodes have the next turn. */
  static final int CALLS_OF_TURN = 16;

  /** Time for which {@link #CALLS_OF_TICK} counts. */
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Calls under pressure in a tick, of all connections; each connection has one more. */
  private static final int CALLS_OF_TICK = 32;

  /** Bytes of messages under pressure in a tick, of all connections. */
  private static final int BYTES_OF_TICK = 128 << 10;

  private long tick;
  private int calls;
  private long bytes;

  /**
   * Counts a call under pressure.
   *
   * @param size bytes of its message
   * @return whether its connection has to wait for the next tick
   */
  boolean isUsedUp(int size, long nowNanos) {
    long now = nowNanos / TICK_NANOS;
    if (now != tick) {
      tick = now;
      calls = 0;
      bytes = 0;
    }
    bytes += size;
    return ++calls > CALLS_OF_TICK || bytes > BYTES_OF_TICK;
  }
}
