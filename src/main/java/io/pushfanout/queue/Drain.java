package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import java.time.Duration;

/**
 * The reason and the time limit of the drain of a retired node's queue.
 *
 * @param sinceNanos start of the drain, on the engine's clock
 * @param overdueNanos end of the time that the drain may take
 */
public record Drain(DropReason reason, long sinceNanos, long overdueNanos) {
  /** Nanoseconds that a stopping process waits for a node that is not connected. */
  private static final long UNREACHABLE_DRAIN_NANOS = Duration.ofSeconds(5).toNanos();

  /**
   * Returns whether the drain is over.
   *
   * @param connectionChangedNanos time at which the node was last connected or disconnected
   */
  public boolean isOver(long nowNanos, boolean connected, long connectionChangedNanos) {
    return nowNanos - overdueNanos >= 0
        || (reason == DropReason.SHUTDOWN
            && !connected
            && nowNanos - sinceNanos >= UNREACHABLE_DRAIN_NANOS
            && nowNanos - connectionChangedNanos >= UNREACHABLE_DRAIN_NANOS);
  }
}
