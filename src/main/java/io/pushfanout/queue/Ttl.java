package io.pushfanout.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How old a node's messages may grow. Guarded by the lock of its {@link MessageQueue}. */
final class Ttl {
  /**
   * What a worker holds waits for the loop to begin, and for company; only where the connection
   * takes nothing does it wait for longer. Messages are to expire within 1 s, and the tick that
   * looks at them comes every 200 ms.
   */
  static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** 0 is no limit. */
  private long nanos;

  Ttl(Duration ttl) {
    set(ttl);
  }

  void set(Duration ttl) {
    nanos = ttl.toNanos();
  }

  /** Of one that waits for a worker. */
  boolean isOver(QueuedMessage message, long now) {
    return nanos > 0 && now - message.enqueuedNanos > nanos;
  }

  /** Of one that a worker holds and that has not been started. */
  boolean isOverForGranted(QueuedMessage message, long now) {
    return nanos > 0 && now - message.enqueuedNanos - GRACE_NANOS > nanos;
  }
}
