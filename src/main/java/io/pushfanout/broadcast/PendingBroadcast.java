package io.pushfanout.broadcast;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.OfferResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast from its first offer until every queue has decided.
 *
 * <p>Offered on the caller's thread; held offers are settled by the loops of their nodes and by the
 * timer. The tally is under this object's lock, and it is never held while a queue is asked or the
 * caller is answered.
 */
final class PendingBroadcast {
  private final BroadcastRequest request;
  private final HeldPayload payload;
  private final Consumer<BroadcastResult> answer;
  private final FanoutTotals noFanout;
  private final OfferCancellations withdrawals;
  private final Consumer<FanoutName> onHeldEnd;
  private final List<Share> shares = new ArrayList<>();
  private final ResultAccumulator tally = new ResultAccumulator();

  /** What is undecided: each held offer, and the offering itself until it is over. */
  private int undecided = 1;

  /** One fanout's part of the broadcast. */
  final class Share {
    private final Routes.Route route;
    private final Message message;
    private final ResultAccumulator.OfFanout counts;
    private @Nullable Held first;
    private @Nullable Held last;
    private @Nullable Future<?> timer;

    private Share(Routes.Route route, Message message) {
      this.route = route;
      this.message = message;
      this.counts = tally.add(route);
    }

    Message message() {
      return message;
    }

    /** To be told once of each client: the hold of a queue that does not take it ends here. */
    void decided(Recipient client, OfferResult admission) {
      if (admission != OfferResult.GRANTED && admission != OfferResult.QUEUED) {
        message.release();
      }
      synchronized (PendingBroadcast.this) {
        switch (admission) {
          case GRANTED, QUEUED -> counts.accepted();
          case FULL, TOO_LARGE -> tally.dropped(counts, client.address());
          case STOPPED -> {
            tally.stopped();
            tally.dropped(counts, client.address());
          }
          case CLOSED -> left(client);
          case HELD, RESERVED, NOT_CONNECTED ->
              throw new IllegalStateException("no decision: " + admission);
        }
      }
    }

    /** Policy Reject: none of the fanout's nodes takes it, because one answered so. */
    void refused(OfferResult why, List<Recipient> clients) {
      synchronized (PendingBroadcast.this) {
        counts.refused(why);
      }
      clients.forEach(client -> decided(client, why));
    }

    /** An offer that may be held; {@link #notHeld} takes it back when the queue decides at once. */
    HeldOffer hold(Recipient client) {
      Held offer = new Held(client);
      synchronized (PendingBroadcast.this) {
        link(offer);
        undecided++;
      }
      return offer;
    }

    void notHeld(HeldOffer offer) {
      synchronized (PendingBroadcast.this) {
        unlink((Held) offer);
        undecided--;
      }
    }

    /** Some queue holds an offer, until the timer ends it. */
    void timer(Future<?> future) {
      synchronized (PendingBroadcast.this) {
        timer = future;
      }
    }

    /** What is still held is held no longer. */
    void giveUp() {
      synchronized (PendingBroadcast.this) {
        if (first == null) {
          return;
        }
      }
      withdrawals.add(this);
    }

    /**
     * Takes back so many of its offers that are held.
     *
     * @return whether there are more
     */
    boolean withdraw(int atMost) {
      for (int i = 0; i < atMost; i++) {
        Held offer;
        synchronized (PendingBroadcast.this) {
          offer = first;
          if (offer == null) {
            return false;
          }
          unlink(offer);
        }
        // Where its queue has decided, its loop is about to say so.
        if (offer.client.withdraw(offer)) {
          offer.settled(false);
        }
      }
      synchronized (PendingBroadcast.this) {
        return first != null;
      }
    }

    private void link(Held offer) {
      offer.linked = true;
      offer.before = last;
      if (last == null) {
        first = offer;
      } else {
        last.after = offer;
      }
      last = offer;
    }

    private void unlink(Held offer) {
      if (!offer.linked) {
        return;
      }
      if (offer.before == null) {
        first = offer.after;
      } else {
        offer.before.after = offer.after;
      }
      if (offer.after == null) {
        last = offer.before;
      } else {
        offer.after.before = offer.before;
      }
      offer.before = null;
      offer.after = null;
      offer.linked = false;
    }

    /** One node's queue that has not decided. */
    private final class Held extends HeldOffer {
      private final Recipient client;
      private @Nullable Held before;
      private @Nullable Held after;
      private boolean linked;

      private Held(Recipient client) {
        this.client = client;
      }

      @Override
      public Message message() {
        return message;
      }

      @Override
      public void settled(boolean accepted) {
        synchronized (PendingBroadcast.this) {
          unlink(this);
        }
        route.memory().giveBackOffer();
        decided(client, accepted ? OfferResult.QUEUED : OfferResult.FULL);
        decideOne();
      }
    }
  }

  /**
   * @param payload held by the broadcast until it is decided
   * @param noFanout counts the broadcast when it reaches no fanout
   * @param onHeldEnd gets the fanout of each share that was ever held, once the broadcast is
   *     decided
   */
  PendingBroadcast(
      BroadcastRequest request,
      HeldPayload payload,
      Consumer<BroadcastResult> answer,
      FanoutTotals noFanout,
      OfferCancellations withdrawals,
      Consumer<FanoutName> onHeldEnd) {
    this.request = request;
    this.payload = payload;
    this.answer = answer;
    this.noFanout = noFanout;
    this.withdrawals = withdrawals;
    this.onHeldEnd = onHeldEnd;
  }

  /**
   * One fanout's part of it; null where the fanout has its share of the memory: none of its nodes
   * takes the message.
   *
   * @param clients those that will be asked for this fanout
   */
  @Nullable Share share(Routes.Route route, List<Recipient> clients) {
    Message message = payload.messageFor(route.memory());
    if (message == null) {
      refused(route, clients);
      return null;
    }
    message.retain(clients.size());
    Share share = new Share(route, message);
    shares.add(share);
    return share;
  }

  private void refused(Routes.Route route, List<Recipient> clients) {
    clients.forEach(client -> client.countRefused(DropReason.QUEUE_FULL));
    synchronized (this) {
      ResultAccumulator.OfFanout counts = tally.add(route);
      clients.forEach(client -> tally.dropped(counts, client.address()));
    }
  }

  /** A node that the caller asked for and that no targeted fanout has. */
  synchronized void stranger(NodeAddress node) {
    tally.stranger(node);
  }

  /** It has left while we asked: no node of this broadcast, and a stranger to who named it. */
  private void left(Recipient client) {
    if (request.nodes() != null) {
      stranger(client.address());
    }
  }

  /** Every queue has been asked. */
  void offered() {
    decideOne();
  }

  /** The caller no longer waits. Costs the same however many queues hold its offers. */
  void giveUp() {
    shares.forEach(Share::giveUp);
  }

  private void decideOne() {
    BroadcastResult result;
    synchronized (this) {
      if (--undecided > 0) {
        return;
      }
      result = tally.result();
      tally.count(noFanout);
    }
    for (Share share : shares) {
      if (share.timer != null) {
        share.timer.cancel(false);
        onHeldEnd.accept(share.route.fanout());
      }
      share.message.release();
    }
    payload.release();
    answer.accept(result);
  }
}
