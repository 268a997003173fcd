package io.pushfanout.broadcast;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.OfferResult;

/**
 * One node as a broadcast sees it: the queue that takes the message or refuses it. May be used from
 * any thread; no method waits.
 */
public interface Recipient {
  NodeAddress address();

  /** Offers a message by policy DropNewest, or DropOldest where it may evict the oldest. */
  OfferResult offer(Message message, boolean evictOldest);

  /** Offers a message by policy Block: a full queue of a connected node holds the offer. */
  OfferResult offerOrHold(HeldOffer offer);

  /**
   * Ends the wait of a held offer, which counts as dropped and is not settled any more.
   *
   * @return false where the queue has decided before, and is about to settle the offer
   */
  boolean withdraw(HeldOffer offer);

  /**
   * Reserves room, the first step of policy Reject. A RESERVED message needs a {@link #commit} or a
   * {@link #release}.
   */
  OfferResult reserve(Message message);

  /** Enqueues a reserved message. */
  OfferResult commit(Message message);

  /** Gives back the room of a reserved message. */
  void release(Message message);

  /** Counts a message that policy Reject or a fanout's share of memory refuses to all nodes. */
  void countRefused(DropReason reason);
}
