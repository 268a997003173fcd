package io.pushfanout.history;

import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Printable;
import io.pushfanout.queue.NodeLedger;
import org.jspecify.annotations.Nullable;

/**
 * One node at one look, with what a later look is compared with. A value.
 *
 * @param full since its queue was nearly full or dropped, until it is less than half full
 * @param dropped for want of room, ever
 * @param detail of the state, one line; empty where there is none
 */
record NodeLook(boolean unreachable, boolean slow, boolean full, long dropped, String detail) {
  /** Of either bound. Beyond it one burst makes the queue drop. */
  private static final double FULL_FROM = 0.9;

  private static final double FULL_UNTIL = 0.5;
  private static final int DETAIL_MAX = 200;

  /**
   * Looks at the node.
   *
   * @param before the last look; null: there was none
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
