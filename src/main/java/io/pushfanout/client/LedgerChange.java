package io.pushfanout.client;

import io.pushfanout.client.ServerStatus.Node;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a server counted between two moments, over all nodes that messages were for.
 *
 * @param seconds between the two
 * @param atRest whether no message waited or was in flight at the end
 * @param nodes how many there were
 * @param workers of the node that has the fewest; 0 where there was no node
 * @param window how many unacknowledged messages a stream takes, where nodes take streams; else 0
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

  /** Adds nodes up. */
  static final class Sums {
    private int nodes;
    private long workers;
    private long enqueued;
    private long delivered;
    private long failed;
    private long expired;
    private long dropped;

    /**
     * @param then null where the node is new
     */
    void add(@Nullable Node then, Node now) {
      // A node that has come anew meanwhile counts from zero.
      Node from = then != null && then.enqueued() <= now.enqueued() ? then : null;
      long taken = grown(from, now, Node::enqueued);
      long gone = grown(from, now, Node::dropped);
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
