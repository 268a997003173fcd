package io.pushfanout.broadcast;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.OfferResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the queues have said of one broadcast so far, and the reply that this makes. Guarded by the
 * lock of its {@link PendingBroadcast}.
 */
final class ResultAccumulator {
  /** When it may help to repeat a rejected broadcast: a queue moves within a few deliveries. */
  static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final List<OfFanout> fanouts = new ArrayList<>();
  private final List<String> droppedNodes = new ArrayList<>();
  private int strangers;

  /** A client has closed under it because the process stops. */
  private boolean stopped;

  /** One fanout's part. */
  static final class OfFanout {
    private final Routes.Route route;
    private int accepted;
    private int dropped;
    private @Nullable OfferResult refusal;

    private OfFanout(Routes.Route route) {
      this.route = route;
    }

    void accepted() {
      accepted++;
    }

    /** Policy Reject: none of its nodes takes it, because one answered so. */
    void refused(OfferResult why) {
      refusal = why;
    }
  }

  OfFanout add(Routes.Route route) {
    OfFanout fanout = new OfFanout(route);
    fanouts.add(fanout);
    return fanout;
  }

  void dropped(OfFanout fanout, NodeAddress node) {
    fanout.dropped++;
    name(node);
  }

  /** A node that the caller asked for and that no targeted fanout has. */
  void stranger(NodeAddress node) {
    strangers++;
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
    int dropped = fanouts.stream().mapToInt(fanout -> fanout.dropped).sum() + strangers;
    if (accepted == 0 && stopped) {
      return new BroadcastResult.Refused(
          BroadcastResult.Reason.UNAVAILABLE, "the server is shutting down", null);
    }
    if (accepted == 0) {
      for (OfFanout fanout : fanouts) {
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
        "fanout %s rejects what not all of its connected nodes can take: %s"
            .formatted(
                route.fanout(),
                tooLarge ? "the message is larger than queueBytes" : "a queue is full"),
        tooLarge ? null : RETRY_AFTER);
  }

  /**
   * Counts the broadcast, once it is decided.
   *
   * @param noFanout where it reached none
   */
  void count(FanoutTotals noFanout) {
    if (fanouts.isEmpty()) {
      noFanout.countBroadcast(strangers == 0 ? CallOutcome.NO_NODES : CallOutcome.DROPPED);
    }
    fanouts.forEach(fanout -> fanout.route.totals().countBroadcast(outcome(fanout)));
  }

  private CallOutcome outcome(OfFanout fanout) {
    if (stopped && fanout.accepted == 0) {
      return CallOutcome.UNAVAILABLE;
    }
    if (fanout.refusal != null && fanout.accepted == 0) {
      return CallOutcome.REJECTED;
    }
    BroadcastOutcome outcome =
        new BroadcastOutcome(fanout.accepted, fanout.dropped + strangers, List.of());
    return CallOutcome.of(outcome.code());
  }
}
