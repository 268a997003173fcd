package io.pushfanout.broadcast;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.OfferResult;

/**
 * One node as a broadcast sees it: a queue that takes the message or refuses it. Threads: any
 * thread may call it; no method waits.
 */
public interface Recipient {
  NodeAddress address();

  /** Offers a message by policy DropNewest, or by DropOldest if it may evict the oldest. */
  OfferResult offer(Message message, boolean evictOldest);

  /** Offers a message by policy Block: a full queue of a connected node holds the offer. */
  OfferResult offerOrHold(HeldOffer offer);

  /**
   * Ends the wait of a held offer, which counts as dropped and is not settled afterwards.
   *
   * @return false when the queue has decided before, and is about to settle the offer
   */
  boolean withdraw(HeldOffer offer);

  /**
   * Reserves room, the first step of policy Reject. A RESERVED message needs a {@link #commit} or a
   * {@link #release}.
   */
  OfferResult reserve(Message message);

  /** Enqueues a reserved message. */
  OfferResult commit(Message message);

  /** Frees the room of a reserved message. */
  void release(Message message);

  /**
   * Counts a message that is refused to all nodes, by policy Reject or for a fanout's share of
   * memory.
   */
  void countRefused(DropReason reason);
}
