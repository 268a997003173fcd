package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import java.time.Duration;

/**
 * Why and until when a retired node's queue drains.
 *
 * @param sinceNanos when it began, on the engine's clock
 * @param overdueNanos when it has taken too long
 */
public record Drain(DropReason reason, long sinceNanos, long overdueNanos) {
  /** How long a stopping process waits for a node that is not connected. */
  private static final long UNREACHABLE_DRAIN_NANOS = Duration.ofSeconds(5).toNanos();

  /**
   * Returns whether to wait no longer.
   *
   * @param connectionChangedNanos when the node was last connected or disconnected
   */
  public boolean isOver(long nowNanos, boolean connected, long connectionChangedNanos) {
    return nowNanos - overdueNanos >= 0
        || (reason == DropReason.SHUTDOWN
            && !connected
            && nowNanos - sinceNanos >= UNREACHABLE_DRAIN_NANOS
            && nowNanos - connectionChangedNanos >= UNREACHABLE_DRAIN_NANOS);
  }
}
