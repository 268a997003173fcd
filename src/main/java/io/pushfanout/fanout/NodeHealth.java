package io.pushfanout.fanout;

import io.pushfanout.model.NodeState;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Judges how a node is doing from what is seen of it over time. Guarded by its own lock: the node's
 * loop reports connections, the applier's thread looks at the queue.
 */
final class NodeHealth {
  /** How long a thing must last before it is called so. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private static final double SLOW_FROM = 0.50;
  private static final double SLOW_UNTIL = 0.25;

  private boolean connected;
  private long connectionChangedNanos;
  private boolean dialled = true;
  private String detail = "not connected yet";
  private boolean slow;

  /**
   * Since when the queue has been saying the opposite of {@link #slow}; looked at while it does.
   */
  private long contradictedSinceNanos;

  private boolean contradicted;

  NodeHealth(long nowNanos) {
    connectionChangedNanos = nowNanos;
  }

  synchronized void connected(long nowNanos) {
    if (!connected) {
      connected = true;
      connectionChangedNanos = nowNanos;
    }
    dialled = true;
    detail = "";
  }

  synchronized void disconnected(long nowNanos, boolean isDialled, String why) {
    if (connected) {
      connected = false;
      connectionChangedNanos = nowNanos;
    }
    slow = false;
    contradicted = false;
    dialled = isDialled;
    detail = why;
  }

  /**
   * Takes note of how full the queue is now.
   *
   * @param fill 0 is empty, 1 full
   */
  synchronized void observe(long nowNanos, double fill) {
    boolean contradicts = connected && (slow ? fill < SLOW_UNTIL : fill >= SLOW_FROM);
    if (contradicts && !contradicted) {
      contradictedSinceNanos = nowNanos;
    }
    contradicted = contradicts;
    if (contradicted && nowNanos - contradictedSinceNanos >= PATIENCE_NANOS) {
      slow = !slow;
      contradicted = false;
    }
  }

  synchronized NodeState state(long nowNanos) {
    if (connected) {
      return slow ? NodeState.SLOW : NodeState.CONNECTED;
    }
    return nowNanos - connectionChangedNanos >= PATIENCE_NANOS
        ? NodeState.UNREACHABLE
        : NodeState.CONNECTING;
  }

  synchronized boolean isConnected() {
    return connected;
  }

  synchronized OptionalLong connectedSince() {
    return connected ? OptionalLong.of(connectionChangedNanos) : OptionalLong.empty();
  }

  /** Since when it has been connected, or has not been. */
  synchronized long connectionChangedNanos() {
    return connectionChangedNanos;
  }

  /** Whether it is connected, or somebody tries to. */
  synchronized boolean isDialled() {
    return dialled;
  }

  /** Why it is not connected; empty when it is. */
  synchronized String detail() {
    return detail;
  }
}
