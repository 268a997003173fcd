package io.pushfanout.fanout;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Who is let into one node's queue, and what the others are told: the overflow policies. Guarded by
 * the lock of its {@link MessageQueue}.
 */
final class Admissions {
  private final Backlog backlog;
  private final HeldOffers held;
  private final QueueLife life;
  private final Ledger ledger;

  Admissions(Backlog backlog, HeldOffers held, QueueLife life, Ledger ledger) {
    this.backlog = backlog;
    this.held = held;
    this.life = life;
    this.ledger = ledger;
  }

  /** Policies DropNewest and DropOldest. */
  Admission offer(Payload payload, boolean evictOldest) {
    Admission refusal = refusal(payload);
    if (refusal != null) {
      return refusal;
    }
    backlog.expireWaiting();
    boolean room = evictOldest ? evictFor(payload) : held.isEmpty() && backlog.hasRoom(payload);
    return room ? backlog.enqueue(payload) : full();
  }

  /**
   * Evicts as many of the oldest as this one needs, and no more: a queue that was made smaller
   * keeps the rest of what it held, and works it off.
   */
  private boolean evictFor(Payload payload) {
    Backlog.Extent before = backlog.extent();
    while (!backlog.hasRoom(payload, before)) {
      if (!backlog.removeOldest()) {
        return false;
      }
      ledger.dropped(DropReason.EVICTED);
    }
    return true;
  }

  /** Policy Block. */
  Admission offerOrHold(HeldOffer offer) {
    Admission refusal = refusal(offer.payload());
    if (refusal != null) {
      return refusal;
    }
    backlog.expireWaiting();
    if (held.isEmpty() && backlog.hasRoom(offer.payload())) {
      return backlog.enqueue(offer.payload());
    }
    if (backlog.isConnected()) {
      held.add(offer);
      return Admission.HELD;
    }
    return full();
  }

  /** Policy Reject, first step: nothing is counted. */
  Admission reserve(Payload payload) {
    if (life.isClosed()) {
      return life.refusal();
    }
    if (!backlog.isConnected()) {
      return Admission.NOT_CONNECTED;
    }
    if (backlog.isTooLarge(payload)) {
      return Admission.TOO_LARGE;
    }
    backlog.expireWaiting();
    if (!held.isEmpty() || !backlog.hasRoom(payload)) {
      return Admission.FULL;
    }
    backlog.reserve(payload);
    return Admission.RESERVED;
  }

  /** Policy Reject, where every connected node has room. */
  Admission commit(Payload payload) {
    backlog.unreserve(payload);
    return life.isClosed() ? life.refusal() : backlog.enqueue(payload);
  }

  private Admission full() {
    ledger.dropped(DropReason.QUEUE_FULL);
    return Admission.FULL;
  }

  private @Nullable Admission refusal(Payload payload) {
    if (life.isClosed()) {
      return life.refusal();
    }
    if (backlog.isTooLarge(payload)) {
      ledger.dropped(DropReason.TOO_LARGE);
      return Admission.TOO_LARGE;
    }
    return null;
  }
}
