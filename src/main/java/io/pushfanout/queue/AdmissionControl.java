package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * The admission control of one node's queue, which takes or refuses offers by the overflow
 * policies. Guarded by the lock of its {@link MessageQueue}.
 */
final class AdmissionControl {
  private final DispatchScheduler scheduler;
  private final HeldOffers held;
  private final QueueLifecycle lifecycle;
  private final Ledger ledger;

  AdmissionControl(
      DispatchScheduler scheduler, HeldOffers held, QueueLifecycle lifecycle, Ledger ledger) {
    this.scheduler = scheduler;
    this.held = held;
    this.lifecycle = lifecycle;
    this.ledger = ledger;
  }

  /** Offers a message by policy DropNewest, or by DropOldest if it may evict the oldest. */
  OfferResult offer(Message message, boolean evictOldest) {
    OfferResult refusal = refusal(message);
    if (refusal != null) {
      return refusal;
    }
    scheduler.expireWaiting();
    boolean room =
        evictOldest
            ? scheduler.evictFor(message.payload())
            : held.isEmpty() && scheduler.hasRoom(message.payload());
    return room ? enqueued(message) : full();
  }

  /** Offers a message by policy Block. */
  OfferResult offerOrHold(HeldOffer offer) {
    OfferResult refusal = refusal(offer.message());
    if (refusal != null) {
      return refusal;
    }
    scheduler.expireWaiting();
    if (held.isEmpty() && scheduler.hasRoom(offer.message().payload())) {
      return enqueued(offer.message());
    }
    if (scheduler.isConnected()) {
      held.add(offer);
      return OfferResult.HELD;
    }
    return full();
  }

  /** Reserves room, the first step of policy Reject. The ledger counts nothing. */
  OfferResult reserve(Message message) {
    if (lifecycle.isClosed()) {
      return lifecycle.refusal();
    }
    if (!scheduler.isConnected()) {
      return OfferResult.NOT_CONNECTED;
    }
    if (scheduler.isTooLarge(message.payload())) {
      return OfferResult.TOO_LARGE;
    }
    scheduler.expireWaiting();
    if (!held.isEmpty() || !scheduler.hasRoom(message.payload())) {
      return OfferResult.FULL;
    }
    scheduler.reserve(message.payload());
    return OfferResult.RESERVED;
  }

  /** Enqueues a reserved message, by policy Reject: every connected node has room. */
  OfferResult commit(Message message) {
    scheduler.unreserve(message.payload());
    return lifecycle.isClosed() ? lifecycle.refusal() : enqueued(message);
  }

  private OfferResult enqueued(Message message) {
    scheduler.enqueue(message);
    return OfferResult.ACCEPTED;
  }

  private OfferResult full() {
    ledger.refused(DropReason.QUEUE_FULL);
    return OfferResult.FULL;
  }

  private @Nullable OfferResult refusal(Message message) {
    if (lifecycle.isClosed()) {
      return lifecycle.refusal();
    }
    if (scheduler.isTooLarge(message.payload())) {
      ledger.refused(DropReason.TOO_LARGE);
      return OfferResult.TOO_LARGE;
    }
    return null;
  }
}
