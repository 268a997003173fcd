package io.pushfanout.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The maximum age of a node's messages. Guarded by the lock of its {@link MessageQueue}. */
final class Ttl {
  /**
   * Nanoseconds beyond the TTL for messages that a worker holds: they wait for the loop to begin,
   * and for company. Only a connection that takes nothing makes them wait longer. Messages must
   * expire within 1 s, and the tick that checks them comes every 200 ms.
   */
  static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Nanoseconds; 0 is no limit. */
  private long nanos;

  Ttl(Duration ttl) {
    set(ttl);
  }

  void set(Duration ttl) {
    nanos = ttl.toNanos();
  }

  /** Returns whether a message that waits for a worker has expired. */
  boolean isOver(QueuedMessage message, long now) {
    return nanos > 0 && now - message.enqueuedNanos > nanos;
  }

  /** Returns whether a message that a worker holds, and that has not been started, has expired. */
  boolean isOverForGranted(QueuedMessage message, long now) {
    return nanos > 0 && now - message.enqueuedNanos - GRACE_NANOS > nanos;
  }
}
