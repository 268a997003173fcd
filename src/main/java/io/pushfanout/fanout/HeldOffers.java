package io.pushfanout.fanout;

import io.pushfanout.model.DropReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Offers of policy {@code Block} that wait for room in one node's queue, first come first served.
 * Guarded by the lock of its {@link MessageQueue}; whoever made an offer is told without that lock.
 */
final class HeldOffers {
  private final Deque<HeldOffer> offers = new ArrayDeque<>();
  private final Ledger ledger;
  private final Executor notifier;

  HeldOffers(Ledger ledger, Executor notifier) {
    this.ledger = ledger;
    this.notifier = notifier;
  }

  boolean isEmpty() {
    return offers.isEmpty();
  }

  void add(HeldOffer offer) {
    offers.addLast(offer);
  }

  /** The first to get room, which stays; null when there is none. */
  @Nullable HeldOffer peek() {
    return offers.peek();
  }

  /** The first has got room. */
  void acceptFirst() {
    HeldOffer accepted = offers.remove();
    notifier.execute(() -> accepted.settled(true));
  }

  /**
   * Its caller waits no longer, and is not told.
   *
   * @return whether it was still held
   */
  boolean withdraw(HeldOffer offer) {
    if (!offers.remove(offer)) {
      return false;
    }
    ledger.refused(DropReason.QUEUE_FULL);
    return true;
  }

  void refuseAll() {
    offers.forEach(offer -> refuse(offer, DropReason.QUEUE_FULL));
    offers.clear();
  }

  /** What has become larger than the bound would block the others for ever. */
  void refuseLargerThan(long bytes) {
    offers.removeIf(
        offer -> {
          boolean tooLarge = offer.message().payload().size() > bytes;
          if (tooLarge) {
            refuse(offer, DropReason.TOO_LARGE);
          }
          return tooLarge;
        });
  }

  private void refuse(HeldOffer offer, DropReason reason) {
    ledger.refused(reason);
    notifier.execute(() -> offer.settled(false));
  }
}
