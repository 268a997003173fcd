package io.pushfanout.broadcast;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast from its first offer until every queue has decided.
 *
 * <p>Threads: the caller's thread makes the offers; the loops of the nodes and the timer settle
 * held offers. This object's lock guards the results. No queue and no caller is called under the
 * lock.
 */
final class PendingBroadcast {
  private final BroadcastRequest request;
  private final HeldPayload payload;
  private final Consumer<BroadcastResult> onResult;
  private final FanoutTotals noFanout;
  private final OfferCancellations cancellations;
  private final Consumer<FanoutName> onHeldEnd;
  private final List<FanoutPart> parts = new ArrayList<>();
  private final ResultAccumulator results = new ResultAccumulator();

  /** Decisions to come: one for each held offer, and one for the offering itself until it ends. */
  private int undecided = 1;

  /** The part of the broadcast for one fanout. */
  final class FanoutPart {
    private final Routes.Route route;
    private final Message message;
    private final ResultAccumulator.FanoutResult counts;
    private @Nullable Held first;
    private @Nullable Held last;
    private @Nullable Future<?> timer;

    private FanoutPart(Routes.Route route, Message message) {
      this.route = route;
      this.message = message;
      this.counts = results.add(route);
    }

    Message message() {
      return message;
    }

    /**
     * Records the decision of one queue, once for each queue. Releases the message for a queue that
     * does not take it.
     */
    void decided(MessageQueue queue, OfferResult result) {
      if (!result.isAccepted()) {
        message.release();
      }
      synchronized (PendingBroadcast.this) {
        results.decided(counts, queue, result, request.nodes() != null);
      }
    }

    /** Records a refusal by policy Reject: one node's decision, for all nodes of the fanout. */
    void refused(OfferResult why, List<MessageQueue> queues) {
      synchronized (PendingBroadcast.this) {
        counts.refused(why);
      }
      queues.forEach(queue -> decided(queue, why));
    }

    /**
     * Returns an offer that a queue may hold; {@link #notHeld} removes it when the queue decides at
     * once.
     */
    HeldOffer newOffer(MessageQueue queue) {
      Held offer = new Held(queue);
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

    /** Sets the timer that ends the wait of held offers. */
    void timer(Future<?> future) {
      synchronized (PendingBroadcast.this) {
        timer = future;
      }
    }

    /** Cancels the offers that still wait for room. */
    void cancel() {
      if (anyHeld()) {
        cancellations.add(this);
      }
    }

    private boolean anyHeld() {
      synchronized (PendingBroadcast.this) {
        return first != null;
      }
    }

    /**
     * Withdraws some of the offers that still wait.
     *
     * @param atMost maximum number of offers
     * @return whether more offers wait
     */
    boolean withdrawSome(int atMost) {
      for (int i = 0; i < atMost; i++) {
        Held offer;
        synchronized (PendingBroadcast.this) {
          offer = first;
          if (offer == null) {
            return false;
          }
          unlink(offer);
        }
        // A queue that has decided before settles the offer on its loop.
        if (offer.queue.withdraw(offer)) {
          offer.settled(false);
        }
      }
      return anyHeld();
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

    /** An offer that one node's queue has not decided. */
    private final class Held extends HeldOffer {
      private final MessageQueue queue;
      private @Nullable Held before;
      private @Nullable Held after;
      private boolean linked;

      private Held(MessageQueue queue) {
        this.queue = queue;
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
        decided(queue, accepted ? OfferResult.ACCEPTED : OfferResult.FULL);
        decideOne();
      }
    }
  }

  /**
   * @param payload retained by the broadcast until it is decided
   * @param noFanout counts the broadcast when it reaches no fanout
   * @param onHeldEnd called with the fanout of each part that was ever held, once the broadcast is
   *     decided
   */
  PendingBroadcast(
      BroadcastRequest request,
      HeldPayload payload,
      Consumer<BroadcastResult> onResult,
      FanoutTotals noFanout,
      OfferCancellations cancellations,
      Consumer<FanoutName> onHeldEnd) {
    this.request = request;
    this.payload = payload;
    this.onResult = onResult;
    this.noFanout = noFanout;
    this.cancellations = cancellations;
    this.onHeldEnd = onHeldEnd;
  }

  /**
   * Adds the part of one fanout.
   *
   * @param queues recipients of the fanout's offers
   * @param skipped nodes that are left out
   * @return null when the fanout has used up its part of the memory: none of its nodes takes the
   *     message
   */
  @Nullable FanoutPart part(Routes.Route route, List<MessageQueue> queues, int skipped) {
    Message message = payload.messageFor(route.memory());
    if (message == null) {
      refused(route, queues);
      return null;
    }
    message.retain(queues.size());
    FanoutPart part = new FanoutPart(route, message);
    part.counts.skipped(skipped);
    parts.add(part);
    return part;
  }

  private void refused(Routes.Route route, List<MessageQueue> queues) {
    queues.forEach(queue -> queue.countRefused(DropReason.QUEUE_FULL));
    synchronized (this) {
      ResultAccumulator.FanoutResult counts = results.add(route);
      queues.forEach(queue -> results.dropped(counts, queue.node()));
    }
  }

  /** Records a node that the caller named and that no targeted fanout has. */
  synchronized void unknownNode(NodeAddress node) {
    results.unknownNode(node);
  }

  /** Ends the offering: every queue has its offer. */
  void offered() {
    decideOne();
  }

  /**
   * Ends the wait of a caller that has left. The cost does not grow with the number of held offers.
   */
  void cancel() {
    parts.forEach(FanoutPart::cancel);
  }

  private void decideOne() {
    BroadcastResult outcome;
    synchronized (this) {
      if (--undecided > 0) {
        return;
      }
      outcome = results.result();
      results.count(noFanout);
    }
    for (FanoutPart part : parts) {
      if (part.timer != null) {
        part.timer.cancel(false);
        onHeldEnd.accept(part.route.fanout());
      }
      part.message.release();
    }
    payload.release();
    onResult.accept(outcome);
  }
}
