package io.pushfanout.client;

import io.pushfanout.json.ServerStatus.Node;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The change of a server's counters between two samples, summed over the nodes that had messages.
 *
 * @param seconds time between the samples
 * @param atRest whether no message waited or was in flight at the end
 * @param nodes number of these nodes
 * @param workers minimum of the nodes' workers; 0 without nodes
 * @param window maximum of unacknowledged messages of a stream; 0 if no node uses streams
 * @param dropped for any reason, before and after enqueue
 */
public record LedgerChange(
    double seconds,
    boolean atRest,
    int nodes,
    long workers,
    long window,
    long enqueued,
    long delivered,
    long failed,
    long expired,
    long dropped,
    DeliveryTimes times) {

  /** A sum over nodes. */
  static final class Sums {
    private int nodes;
    private long workers;
    private long enqueued;
    private long delivered;
    private long failed;
    private long expired;
    private long dropped;

    /**
     * @param then null for a new node
     */
    void add(@Nullable Node then, Node now) {
      // The counters of a node that was removed and added again start at zero.
      Node from = then != null && then.enqueued() <= now.enqueued() ? then : null;
      long taken = grown(from, now, Node::enqueued);
      long gone = grown(from, now, Node::droppedTotal);
      if (taken + gone > 0) {
        nodes++;
        workers = workers == 0 ? now.workers() : Math.min(workers, now.workers());
        enqueued += taken;
        dropped += gone;
        delivered += grown(from, now, Node::delivered);
        failed += grown(from, now, Node::failed);
        expired += grown(from, now, Node::expired);
      }
    }

    private static long grown(@Nullable Node then, Node now, ToLongFunction<Node> count) {
      return count.applyAsLong(now) - (then == null ? 0 : count.applyAsLong(then));
    }

    LedgerChange change(double seconds, boolean atRest, long window, DeliveryTimes times) {
      return new LedgerChange(
          seconds, atRest, nodes, workers, window, enqueued, delivered, failed, expired, dropped,
          times);
    }
  }
}
