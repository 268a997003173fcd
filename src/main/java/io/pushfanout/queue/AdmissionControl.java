package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.Payload;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The admission control of one node's queue, which takes or refuses offers by the overflow
 * policies. Guarded by the lock of its {@link MessageQueue}.
 */
final class AdmissionControl {
  private final DispatchScheduler scheduler;
  private final WaitingMessages waiting;
  private final WaitingDrops drops;
  private final QueueRoom room;
  private final HeldOffers held;
  private final QueueLifecycle lifecycle;
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final Wakeup wakeup;

  AdmissionControl(
      DispatchScheduler scheduler,
      WaitingMessages waiting,
      WaitingDrops drops,
      QueueRoom room,
      HeldOffers held,
      QueueLifecycle lifecycle,
      Ledger ledger,
      LongSupplier nanoClock,
      Wakeup wakeup) {
    this.scheduler = scheduler;
    this.waiting = waiting;
    this.drops = drops;
    this.room = room;
    this.held = held;
    this.lifecycle = lifecycle;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.wakeup = wakeup;
  }

  /** Offers a message by policy DropNewest, or by DropOldest if it may evict the oldest. */
  OfferResult offer(Message message, boolean evictOldest) {
    OfferResult refusal = refusal(message);
    if (refusal != null) {
      return refusal;
    }
    expireWaiting();
    boolean room =
        evictOldest
            ? evictFor(message.payload())
            : held.isEmpty() && scheduler.hasRoom(message.payload());
    return room ? enqueued(message) : full();
  }

  /** Offers a message by policy Block. */
  OfferResult offerOrHold(HeldOffer offer) {
    OfferResult refusal = refusal(offer.message());
    if (refusal != null) {
      return refusal;
    }
    expireWaiting();
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
    if (room.isTooLarge(message.payload().size())) {
      return OfferResult.TOO_LARGE;
    }
    expireWaiting();
    if (!held.isEmpty() || !scheduler.hasRoom(message.payload())) {
      return OfferResult.FULL;
    }
    room.reserve(message.payload().size());
    return OfferResult.RESERVED;
  }

  /** Enqueues a reserved message, by policy Reject: every connected node has room. */
  OfferResult commit(Message message) {
    room.unreserve(message.payload().size());
    return lifecycle.isClosed() ? lifecycle.refusal() : enqueued(message);
  }

  /** Drops waiting messages that have expired; held offers get the room before a new offer. */
  private void expireWaiting() {
    if (waiting.isEmpty()) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (drops.isAnyExpired(now)) {
      scheduler.refill(now);
    }
  }

  private OfferResult enqueued(Message message) {
    scheduler.enqueue(message);
    if (room.isHalfFull()) {
      // A wait for others must not fill the queue that the others need.
      wakeup.expedite();
    }
    return scheduler.isConnected() ? OfferResult.ACCEPTED : OfferResult.WAITING;
  }

  /**
   * Evicts as many of the oldest messages as this one needs, and no more: a queue that was made
   * smaller keeps the rest of its messages, and works them off.
   *
   * @return whether there is room
   */
  private boolean evictFor(Payload payload) {
    int size = payload.size();
    long messages = Math.max(waiting.size(), room.messages());
    long bytes = Math.max(ledger.bytes(), room.bytes());
    if (room.fixedBytes() + size > bytes) {
      return false; // Evictions would not help.
    }
    while (!room.fits(size, scheduler.free(payload), messages, bytes)) {
      MessageRun run = waiting.peekRun();
      if (run == null) {
        return false;
      }
      // If the run without its youngest is enough, its messages leave one by one.
      long messagesButOne = messages + run.size() - 1;
      long bytesButOne = bytes + run.bytes() - run.youngest().size();
      if (room.fits(size, scheduler.free(payload), messagesButOne, bytesButOne)) {
        drops.dropOldest(DropReason.EVICTED);
      } else {
        drops.dropOldestRun(DropReason.EVICTED);
      }
    }
    return true;
  }

  private OfferResult full() {
    ledger.refused(DropReason.QUEUE_FULL);
    return OfferResult.FULL;
  }

  private @Nullable OfferResult refusal(Message message) {
    if (lifecycle.isClosed()) {
      return lifecycle.refusal();
    }
    if (room.isTooLarge(message.payload().size())) {
      ledger.refused(DropReason.TOO_LARGE);
      return OfferResult.TOO_LARGE;
    }
    return null;
  }
}
