package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
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
  Admission offer(Message message, boolean evictOldest) {
    Admission refusal = refusal(message);
    if (refusal != null) {
      return refusal;
    }
    backlog.expireWaiting();
    boolean room =
        evictOldest
            ? backlog.evictFor(message.payload())
            : held.isEmpty() && backlog.hasRoom(message.payload());
    return room ? backlog.enqueue(message) : full();
  }

  /** Policy Block. */
  Admission offerOrHold(HeldOffer offer) {
    Admission refusal = refusal(offer.message());
    if (refusal != null) {
      return refusal;
    }
    backlog.expireWaiting();
    if (held.isEmpty() && backlog.hasRoom(offer.message().payload())) {
      return backlog.enqueue(offer.message());
    }
    if (backlog.isConnected()) {
      held.add(offer);
      return Admission.HELD;
    }
    return full();
  }

  /** Policy Reject, first step: nothing is counted. */
  Admission reserve(Message message) {
    if (life.isClosed()) {
      return life.refusal();
    }
    if (!backlog.isConnected()) {
      return Admission.NOT_CONNECTED;
    }
    if (backlog.isTooLarge(message.payload())) {
      return Admission.TOO_LARGE;
    }
    backlog.expireWaiting();
    if (!held.isEmpty() || !backlog.hasRoom(message.payload())) {
      return Admission.FULL;
    }
    backlog.reserve(message.payload());
    return Admission.RESERVED;
  }

  /** Policy Reject, where every connected node has room. */
  Admission commit(Message message) {
    backlog.unreserve(message.payload());
    return life.isClosed() ? life.refusal() : backlog.enqueue(message);
  }

  private Admission full() {
    ledger.refused(DropReason.QUEUE_FULL);
    return Admission.FULL;
  }

  private @Nullable Admission refusal(Message message) {
    if (life.isClosed()) {
      return life.refusal();
    }
    if (backlog.isTooLarge(message.payload())) {
      ledger.refused(DropReason.TOO_LARGE);
      return Admission.TOO_LARGE;
    }
    return null;
  }
}
