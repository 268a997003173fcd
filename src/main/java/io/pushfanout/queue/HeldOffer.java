package io.pushfanout.queue;

import org.jspecify.annotations.Nullable;

/** An offer of a message that waits for room in one node's queue while its caller is held. */
public abstract class HeldOffer {
  /**
   * Heap bytes of one offer, with its places in the lists of its queue and of its broadcast. {@code
   * HeldOfferCostTest} measures it.
   */
  public static final int BYTES = 40;

  /** Neighbours in {@link HeldOffers}; {@code held} is whether the offer is there. */
  @Nullable HeldOffer earlier;

  @Nullable HeldOffer later;
  boolean held;

  public abstract Message message();

  /** Receives the queue's decision, once, on the node's loop. */
  public abstract void settled(boolean accepted);
}
