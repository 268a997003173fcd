package io.pushfanout.queue;

import io.pushfanout.model.FanoutSettings;

/**
 * The state of one node's transport, from the view of its queue: the connection, the mode, and the
 * number and window of streams that follow from both. Guarded by the lock of its {@link
 * MessageQueue}.
 */
final class TransportState {
  private FanoutSettings settings;
  private TransportMode mode = TransportMode.PAUSED;

  /**
   * Whether the node can be reached: its queue may hold callers, and it has a veto under policy
   * Reject.
   */
  private boolean connected;

  /** Whether no delivery may start. */
  private boolean suspended = true;

  /** Whether each delivery is a probe of the mode, one at a time. */
  private boolean probing;

  TransportState(FanoutSettings settings) {
    this.settings = settings;
  }

  void configure(FanoutSettings changed) {
    settings = changed;
  }

  TransportMode mode() {
    return mode;
  }

  boolean isConnected() {
    return connected;
  }

  void connected() {
    connected = true;
    suspended = false;
  }

  void absent() {
    connected = false;
    suspended = true;
  }

  /** Suspends starts; a connection stays one. */
  void suspend() {
    suspended = true;
  }

  /** Allows starts to a node that is absent behind its connection. */
  void probe() {
    suspended = false;
  }

  /** Changes the mode. Returns false when it is the same already. */
  boolean deliverBy(TransportMode changed, boolean probe) {
    boolean differs = mode != changed || probing != probe;
    mode = changed;
    probing = probe;
    return differs;
  }

  /**
   * Returns the number of streams.
   *
   * @param limit deliveries that there may be at a time; a node that takes none keeps one stream
   */
  int streams(int limit) {
    if (mode != TransportMode.STREAMING || suspended) {
      return 0;
    }
    return probing ? 1 : Math.max(1, limit);
  }

  /**
   * Returns the window of each stream. With one worker and retry the head blocks: no message that
   * may follow it is sent before.
   */
  int window() {
    boolean headBlocks = settings.workers() == 1 && settings.retry().maxAttempts() > 1;
    return headBlocks || probing || !connected ? 1 : settings.deliveryWindow();
  }
}
