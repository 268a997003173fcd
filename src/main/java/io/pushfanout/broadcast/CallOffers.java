package io.pushfanout.broadcast;

import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.queue.DeliveryEnd;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The offers of callers' broadcasts: plain ones, those of callers that wait for a receipt, and
 * those of messages whose id enqueues them once. From any thread.
 */
final class CallOffers {
  private static final BroadcastResult.Refused ID_TAKEN =
      new BroadcastResult.Refused(
          BroadcastResult.Reason.ID_TAKEN,
          "pushfanout-message-id: names another message, by its method or its bytes",
          null);

  private final HeldCalls heldCalls;
  private final Offer offer;
  private final Refusal refusal;
  private volatile MessageIds ids = new MessageIds(Duration.ZERO, 0, () -> 0);

  /** An offer to the queues. */
  interface Offer {
    /**
     * Offers a message.
     *
     * @param ends receives the ends of the deliveries; null when no caller waits for them
     * @return task that ends the wait of the caller
     */
    Runnable make(
        BroadcastRequest request,
        Collection<Routes.Route> found,
        DeliveryEnd.@Nullable Receiver ends,
        Consumer<BroadcastResult> onResult);
  }

  /** A refusal before the queues. */
  interface Refusal {
    Runnable make(
        BroadcastResult.Refused refused, CallOutcome outcome, Consumer<BroadcastResult> onResult);
  }

  CallOffers(HeldCalls heldCalls, Offer offer, Refusal refusal) {
    this.heldCalls = heldCalls;
    this.offer = offer;
    this.refusal = refusal;
  }

  /** Sets the ids of messages that are enqueued once; at first, none is remembered. */
  void remember(MessageIds messages) {
    ids = messages;
  }

  /** Offers a broadcast. Returns the task that ends the wait of its caller. */
  Runnable offer(
      BroadcastRequest request,
      Collection<Routes.Route> found,
      Consumer<BroadcastResult> onResult) {
    MessageIds remembered = ids;
    MessageId id = request.id();
    if (id != null && !remembered.isOff()) {
      MessageIds.Claim claim = remembered.claim(request, id);
      return claim == null
          ? refusal.make(ID_TAKEN, CallOutcome.INVALID, onResult)
          : offerOnce(request, claim, found, onResult);
    }
    if (!request.receipt()) {
      return offer.make(request, found, null, onResult);
    }
    PendingReceipt receipt = heldCalls.receipt(new DeliveryTally(), request, found, onResult);
    if (receipt == null) {
      return refuse(onResult);
    }
    receipt.begin();
    return cancelling(
        receipt, offer.make(request, found, receipt.tally(), enqueued(request, receipt)));
  }

  /** Returns the receiver of the decision of the queues. */
  private static Consumer<BroadcastResult> enqueued(
      BroadcastRequest request, PendingReceipt receipt) {
    Runnable onEnqueued = request.onEnqueued();
    return onEnqueued == null
        ? receipt::decided
        : result -> {
          receipt.decided(result);
          onEnqueued.run();
        };
  }

  private Runnable refuse(Consumer<BroadcastResult> onResult) {
    return refusal.make(HeldCalls.noPlace(), CallOutcome.LIMITED, onResult);
  }

  /** Offers a message unless its id has enqueued it already; the result is that enqueue's. */
  private Runnable offerOnce(
      BroadcastRequest request,
      MessageIds.Claim claim,
      Collection<Routes.Route> found,
      Consumer<BroadcastResult> onResult) {
    RememberedEnqueue enqueue = claim.enqueue();
    PendingReceipt receipt = null;
    Consumer<BroadcastResult> caller = onResult;
    if (request.receipt()) {
      receipt = heldCalls.receipt(enqueue.tally(), request, found, onResult);
      if (receipt == null) {
        if (claim.first()) {
          enqueue.decided(HeldCalls.noPlace());
        }
        return refuse(onResult);
      }
      receipt.begin();
      caller = enqueued(request, receipt);
    }
    enqueue.await(caller);
    Runnable stop =
        claim.first()
            ? offer.make(request, found, enqueue.tally(), enqueue::decided)
            : leaving(enqueue, caller);
    return receipt == null ? stop : cancelling(receipt, stop);
  }

  private static Runnable leaving(RememberedEnqueue enqueue, Consumer<BroadcastResult> caller) {
    return () -> enqueue.leave(caller);
  }

  private static Runnable cancelling(PendingReceipt receipt, Runnable stop) {
    return () -> {
      receipt.cancel();
      stop.run();
    };
  }
}
