package io.pushfanout.broadcast;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.FanoutTotals;
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

  private final List<FanoutResult> fanouts = new ArrayList<>();
  private final List<String> droppedNodes = new ArrayList<>();
  private int unknownNodes;

  /** Whether a client has closed during the broadcast because the process stops. */
  private boolean stopped;

  /** The decisions of one fanout's queues. */
  static final class FanoutResult {
    private final Routes.Route route;
    private int accepted;
    private int dropped;
    private @Nullable OfferResult refusal;

    private FanoutResult(Routes.Route route) {
      this.route = route;
    }

    void accepted() {
      accepted++;
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

  void dropped(FanoutResult fanout, NodeAddress node) {
    fanout.dropped++;
    name(node);
  }

  /** Records a node that the caller named and that no targeted fanout has. */
  void unknownNode(NodeAddress node) {
    unknownNodes++;
    name(node);
  }

  void stopped() {
    stopped = true;
  }

  private void name(NodeAddress node) {
    if (droppedNodes.size() < BroadcastOutcome.DROPPED_NODES_SHOWN) {
      droppedNodes.add(node.toString());
    }
  }

  BroadcastResult result() {
    int accepted = fanouts.stream().mapToInt(fanout -> fanout.accepted).sum();
    int dropped = fanouts.stream().mapToInt(fanout -> fanout.dropped).sum() + unknownNodes;
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
    return new BroadcastResult.Answered(new BroadcastOutcome(accepted, dropped, droppedNodes));
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
    fanouts.forEach(fanout -> fanout.route.totals().countBroadcast(outcome(fanout)));
  }

  private CallOutcome outcome(FanoutResult fanout) {
    if (stopped && fanout.accepted == 0) {
      return CallOutcome.UNAVAILABLE;
    }
    if (fanout.refusal != null && fanout.accepted == 0) {
      return CallOutcome.REJECTED;
    }
    BroadcastOutcome outcome =
        new BroadcastOutcome(fanout.accepted, fanout.dropped + unknownNodes, List.of());
    return CallOutcome.of(outcome.code());
  }
}
