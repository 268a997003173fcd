package io.pushfanout.broadcast;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accumulator of the queues' decisions on one broadcast, and of the result that they make.
 * Guarded by the lock of its {@link PendingBroadcast}.
 */
final class ResultAccumulator {
  /**
   * Time after which a retry of a rejected broadcast may help: a queue moves within a few
   * deliveries.
   */
  static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final List<FanoutResult> fanouts = new ArrayList<>(1);
  private final List<String> droppedNodes = new ArrayList<>(0);
  private int unknownNodes;

  /** Whether every queue so far is half full or more. */
  private boolean pressed = true;

  /** Whether a client has closed during the broadcast because the process stops. */
  private boolean stopped;

  /** The decisions of one fanout's queues. */
  static final class FanoutResult {
    private final Routes.Route route;
    private int accepted;
    private int waiting;
    private int dropped;
    private int skipped;
    private @Nullable OfferResult refusal;

    private FanoutResult(Routes.Route route) {
      this.route = route;
    }

    /** Records nodes that hold no user of the message's room. */
    void skipped(int nodes) {
      skipped += nodes;
    }

    /**
     * Records a refusal by policy Reject: no node takes the message, because one node returned
     * this.
     */
    void refused(OfferResult why) {
      refusal = why;
    }
  }

  FanoutResult add(Routes.Route route) {
    FanoutResult fanout = new FanoutResult(route);
    fanouts.add(fanout);
    return fanout;
  }

  /**
   * Records the decision of one queue.
   *
   * @param named whether the caller has named the nodes of the broadcast
   */
  void decided(FanoutResult fanout, MessageQueue queue, OfferResult result, boolean named) {
    pressed &= queue.isHalfFull();
    switch (result) {
      case ACCEPTED -> fanout.accepted++;
      case WAITING -> {
        fanout.accepted++;
        fanout.waiting++;
      }
      case FULL, TOO_LARGE -> dropped(fanout, queue.node());
      case STOPPED -> {
        stopped = true;
        dropped(fanout, queue.node());
      }
      case CLOSED -> {
        // A node that has left is no node of the broadcast, but unknown to a caller's list.
        if (named) {
          unknownNode(queue.node());
        }
      }
      case HELD, RESERVED, NOT_CONNECTED ->
          throw new IllegalStateException("no decision: " + result);
    }
  }

  void dropped(FanoutResult fanout, NodeAddress node) {
    fanout.dropped++;
    name(node);
  }

  /** Records a node that the caller named and that no targeted fanout has. */
  void unknownNode(NodeAddress node) {
    unknownNodes++;
    name(node);
  }

  private void name(NodeAddress node) {
    if (droppedNodes.size() < BroadcastOutcome.DROPPED_NODES_SHOWN) {
      droppedNodes.add(node.toString());
    }
  }

  BroadcastResult result() {
    int accepted = 0;
    int waiting = 0;
    int dropped = unknownNodes;
    int skipped = 0;
    for (FanoutResult fanout : fanouts) {
      accepted += fanout.accepted;
      waiting += fanout.waiting;
      dropped += fanout.dropped;
      skipped += fanout.skipped;
    }
    if (accepted == 0 && stopped) {
      return new BroadcastResult.Refused(
          BroadcastResult.Reason.UNAVAILABLE, "the server is shutting down", null);
    }
    if (accepted == 0) {
      for (FanoutResult fanout : fanouts) {
        if (fanout.refusal != null) {
          return rejected(fanout.route, fanout.refusal);
        }
      }
    }
    return new BroadcastResult.Answered(
        dropped == 0
            ? BroadcastOutcome.ofAccepted(accepted, waiting, skipped)
            : new BroadcastOutcome(accepted, waiting, dropped, skipped, droppedNodes, null),
        pressed && accepted + dropped > 0);
  }

  private static BroadcastResult rejected(Routes.Route route, OfferResult why) {
    boolean tooLarge = why == OfferResult.TOO_LARGE;
    return new BroadcastResult.Refused(
        BroadcastResult.Reason.REJECTED,
        "fanout %s rejects messages that not all of its connected nodes can take: %s"
            .formatted(
                route.fanout(),
                tooLarge ? "the message is larger than queueBytes" : "a queue is full"),
        tooLarge ? null : RETRY_AFTER);
  }

  /**
   * Counts the decided broadcast for each of its fanouts.
   *
   * @param noFanout counts a broadcast that has no fanout
   */
  void count(FanoutTotals noFanout) {
    if (fanouts.isEmpty()) {
      noFanout.countBroadcast(unknownNodes == 0 ? CallOutcome.NO_NODES : CallOutcome.DROPPED);
    }
    for (FanoutResult fanout : fanouts) {
      fanout.route.totals().countBroadcast(outcome(fanout));
      fanout.route.totals().countSkipped(fanout.skipped);
    }
  }

  private CallOutcome outcome(FanoutResult fanout) {
    if (stopped && fanout.accepted == 0) {
      return CallOutcome.UNAVAILABLE;
    }
    if (fanout.refusal != null && fanout.accepted == 0) {
      return CallOutcome.REJECTED;
    }
    return CallOutcome.of(
        BroadcastOutcome.code(fanout.accepted, fanout.dropped + unknownNodes, fanout.skipped));
  }
}
