package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The offers of policy {@code Block} that wait for room in one node's queue, first come first
 * served. Guarded by the lock of its {@link MessageQueue}; the notifier settles offers without that
 * lock.
 *
 * <p>The list runs through the offers themselves: thousands of callers may wait in each of
 * thousands of queues, and any of them may leave at any time.
 */
final class HeldOffers {
  private final Ledger ledger;
  private final Executor notifier;
  private @Nullable HeldOffer first;
  private @Nullable HeldOffer last;

  HeldOffers(Ledger ledger, Executor notifier) {
    this.ledger = ledger;
    this.notifier = notifier;
  }

  boolean isEmpty() {
    return first == null;
  }

  void add(HeldOffer offer) {
    offer.held = true;
    offer.earlier = last;
    if (last == null) {
      first = offer;
    } else {
      last.later = offer;
    }
    last = offer;
  }

  private void remove(HeldOffer offer) {
    if (offer.earlier == null) {
      first = offer.later;
    } else {
      offer.earlier.later = offer.later;
    }
    if (offer.later == null) {
      last = offer.earlier;
    } else {
      offer.later.earlier = offer.earlier;
    }
    offer.earlier = null;
    offer.later = null;
    offer.held = false;
  }

  /** Returns the first offer, which stays; null when there is none. */
  @Nullable HeldOffer peek() {
    return first;
  }

  boolean isFirst(HeldOffer offer) {
    return offer.held && offer.earlier == null;
  }

  /** Accepts the first offer, which has got room. */
  void accept(HeldOffer accepted) {
    remove(accepted);
    notifier.execute(() -> accepted.settled(true));
  }

  /**
   * Removes an offer of a caller that waits no longer; the offer is not settled.
   *
   * @return whether it was still held
   */
  boolean withdraw(HeldOffer offer) {
    if (!offer.held) {
      return false;
    }
    remove(offer);
    ledger.refused(DropReason.QUEUE_FULL);
    return true;
  }

  void refuseAll() {
    for (HeldOffer offer = first; offer != null; offer = first) {
      refuse(offer, DropReason.QUEUE_FULL);
    }
  }

  /** Refuses offers that are larger than a new bound: they would block the others for ever. */
  void refuseLargerThan(long bytes) {
    HeldOffer next;
    for (HeldOffer offer = first; offer != null; offer = next) {
      next = offer.later;
      if (offer.message().payload().size() > bytes) {
        refuse(offer, DropReason.TOO_LARGE);
      }
    }
  }

  private void refuse(HeldOffer offer, DropReason reason) {
    remove(offer);
    ledger.refused(reason);
    notifier.execute(() -> offer.settled(false));
  }
}
