package io.pushfanout.fanout;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast from its first offer until every queue has decided, and what they said so far.
 *
 * <p>Offered on the caller's thread; held offers are settled by the loops of their nodes and by the
 * timer. Counts are under this object's lock, and it is never held while a queue is asked or the
 * caller is answered.
 */
final class PendingBroadcast {
  /** When it may help to repeat a rejected broadcast: a queue moves within a few deliveries. */
  static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final BroadcastRequest request;
  private final Consumer<BroadcastResult> answer;
  private final FanoutTotals noFanout;
  private final Runnable onHeldEnd;
  private final List<Share> shares = new ArrayList<>();
  private final List<String> droppedNodes = new ArrayList<>();
  private int strangers;

  /** A client has closed under it because the process stops. */
  private boolean stopped;

  /** What is undecided: each held offer, and the offering itself until it is over. */
  private int undecided = 1;

  /** One fanout's part of the broadcast. */
  final class Share {
    private final Routes.Route route;
    private final List<Held> held = new ArrayList<>();
    private @Nullable Future<?> timer;
    private int accepted;
    private int dropped;
    private @Nullable Admission refusal;

    private Share(Routes.Route route) {
      this.route = route;
    }

    void decided(BroadcastClient client, Admission admission) {
      switch (admission) {
        case GRANTED, QUEUED -> count(this, client, true);
        case FULL, TOO_LARGE -> count(this, client, false);
        case STOPPED -> {
          stopped = true;
          count(this, client, false);
        }
        case CLOSED -> left(client);
        case HELD, RESERVED, NOT_CONNECTED ->
            throw new IllegalStateException("no decision: " + admission);
      }
    }

    /** Policy Reject: none of the fanout's nodes takes it, because one answered so. */
    void refused(Admission why, List<BroadcastClient> clients) {
      refusal = why;
      clients.forEach(client -> decided(client, why));
    }

    /** An offer that may be held; {@link #notHeld} takes it back when the queue decides at once. */
    HeldOffer hold(BroadcastClient client) {
      Held offer = new Held(this, client);
      synchronized (PendingBroadcast.this) {
        held.add(offer);
        undecided++;
      }
      return offer;
    }

    void notHeld(HeldOffer offer) {
      synchronized (PendingBroadcast.this) {
        held.remove((Held) offer);
        undecided--;
      }
    }

    /** Whether a queue has ever held it, settled since or not. */
    boolean isHeld() {
      synchronized (PendingBroadcast.this) {
        return !held.isEmpty();
      }
    }

    void timer(Future<?> future) {
      synchronized (PendingBroadcast.this) {
        timer = future;
      }
    }

    /** What is still held is held no longer. */
    void giveUp() {
      List<Held> waiting;
      synchronized (PendingBroadcast.this) {
        waiting = List.copyOf(held);
      }
      waiting.stream()
          .filter(offer -> offer.client.withdraw(offer))
          .forEach(offer -> offer.settled(false));
    }

    private CallOutcome outcome() {
      if (stopped && accepted == 0) {
        return CallOutcome.UNAVAILABLE;
      }
      if (refusal != null && accepted == 0) {
        return CallOutcome.REJECTED;
      }
      return callOutcome(new BroadcastOutcome(accepted, dropped + strangers, List.of()).code());
    }
  }

  /** One node's queue that has not decided. */
  private final class Held implements HeldOffer {
    private final Share share;
    private final BroadcastClient client;

    private Held(Share share, BroadcastClient client) {
      this.share = share;
      this.client = client;
    }

    @Override
    public Payload payload() {
      return request.payload();
    }

    @Override
    public void settled(boolean accepted) {
      count(share, client, accepted);
      decideOne();
    }
  }

  /**
   * @param noFanout counts the broadcast when it reaches no fanout
   * @param onHeldEnd run for each share that was ever held, once the broadcast is decided
   */
  PendingBroadcast(
      BroadcastRequest request,
      Consumer<BroadcastResult> answer,
      FanoutTotals noFanout,
      Runnable onHeldEnd) {
    this.request = request;
    this.answer = answer;
    this.noFanout = noFanout;
    this.onHeldEnd = onHeldEnd;
  }

  Share share(Routes.Route route) {
    Share share = new Share(route);
    shares.add(share);
    return share;
  }

  /** A node that the caller asked for and that no targeted fanout has. */
  synchronized void stranger(NodeAddress node) {
    strangers++;
    name(node);
  }

  /** It has left while we asked: no node of this broadcast, and a stranger to who named it. */
  private void left(BroadcastClient client) {
    if (request.nodes() != null) {
      stranger(client.address());
    }
  }

  /** Every queue has been asked. */
  void offered() {
    decideOne();
  }

  /** The caller no longer waits. */
  void giveUp() {
    shares.forEach(Share::giveUp);
  }

  private synchronized void count(Share share, BroadcastClient client, boolean accepted) {
    if (accepted) {
      share.accepted++;
    } else {
      share.dropped++;
      name(client.address());
    }
  }

  private void name(NodeAddress node) {
    if (droppedNodes.size() < BroadcastOutcome.DROPPED_NODES_SHOWN) {
      droppedNodes.add(node.toString());
    }
  }

  private void decideOne() {
    BroadcastResult result;
    synchronized (this) {
      if (--undecided > 0) {
        return;
      }
      result = result();
    }
    if (shares.isEmpty()) {
      noFanout.countBroadcast(strangers == 0 ? CallOutcome.NO_NODES : CallOutcome.DROPPED);
    }
    for (Share share : shares) {
      share.route.totals().countBroadcast(share.outcome());
      if (share.timer != null) {
        share.timer.cancel(false);
        onHeldEnd.run();
      }
    }
    answer.accept(result);
  }

  private BroadcastResult result() {
    int accepted = shares.stream().mapToInt(share -> share.accepted).sum();
    int dropped = shares.stream().mapToInt(share -> share.dropped).sum() + strangers;
    if (accepted == 0 && stopped) {
      return new BroadcastResult.Refused(
          BroadcastResult.Reason.UNAVAILABLE, "the server is shutting down", null);
    }
    if (accepted == 0) {
      for (Share share : shares) {
        if (share.refusal != null) {
          return refused(share.route, share.refusal);
        }
      }
    }
    return new BroadcastResult.Answered(new BroadcastOutcome(accepted, dropped, droppedNodes));
  }

  private static BroadcastResult refused(Routes.Route route, Admission why) {
    boolean tooLarge = why == Admission.TOO_LARGE;
    return new BroadcastResult.Refused(
        BroadcastResult.Reason.REJECTED,
        "fanout %s rejects what not all of its connected nodes can take: %s"
            .formatted(
                route.fanout(),
                tooLarge ? "the message is larger than queueBytes" : "a queue is full"),
        tooLarge ? null : RETRY_AFTER);
  }

  private static CallOutcome callOutcome(BroadcastOutcome.Code code) {
    return switch (code) {
      case OK -> CallOutcome.OK;
      case PARTIAL -> CallOutcome.PARTIAL;
      case DROPPED -> CallOutcome.DROPPED;
      case NO_NODES -> CallOutcome.NO_NODES;
    };
  }
}
