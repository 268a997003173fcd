package io.pushfanout.history;

import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeState;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The state of one node at one poll, for comparison with the next poll. A value.
 *
 * @param full true from the moment the queue was nearly full or dropped, until it is less than half
 *     full
 * @param dropped total of messages dropped because the queue was full
 * @param detail one line about the state; empty if there is none
 */
record NodeLook(boolean unreachable, boolean slow, boolean full, long dropped, String detail) {
  /**
   * Share of the queue's capacity in messages or bytes. A queue above it drops at the next burst.
   */
  private static final double FULL_FROM = 0.9;

  private static final double FULL_UNTIL = 0.5;
  private static final int DETAIL_MAX = 200;

  /**
   * Returns the state of the node.
   *
   * @param before the state at the previous poll; null at the first poll
   */
  static NodeLook at(NodeSnapshot node, @Nullable NodeLook before) {
    NodeState state = node.state();
    boolean connected = state == NodeState.CONNECTED || state == NodeState.SLOW;
    long dropped = dropped(node.ledger());
    double fill = fill(node);
    boolean drops = dropped > (before == null ? 0 : before.dropped);
    return new NodeLook(
        state == NodeState.UNREACHABLE || (before != null && before.unreachable && !connected),
        state == NodeState.SLOW || (before != null && before.slow && state != NodeState.CONNECTED),
        drops || fill >= FULL_FROM || (before != null && before.full && fill >= FULL_UNTIL),
        dropped,
        Printable.line(node.detail(), DETAIL_MAX));
  }

  private static double fill(NodeSnapshot node) {
    return Math.max(
        (double) node.ledger().queued() / node.settings().queueSize(),
        (double) node.ledger().queuedBytes() / node.settings().queueBytes());
  }

  private static long dropped(NodeLedger ledger) {
    return ledger.dropped().getOrDefault(DropReason.QUEUE_FULL, 0L)
        + ledger.dropped().getOrDefault(DropReason.EVICTED, 0L);
  }
}
