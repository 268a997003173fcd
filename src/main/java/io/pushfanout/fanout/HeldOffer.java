package io.pushfanout.fanout;

import org.jspecify.annotations.Nullable;

/** A message whose caller waits for room in one node's queue. */
abstract class HeldOffer {
  /**
   * What one of these takes on the heap, its places in the lists of its queue and of its broadcast
   * among it. {@code MemoryCostTest} measures it.
   */
  static final int BYTES = 40;

  /** Its neighbours in {@link HeldOffers}, and whether it is there. */
  @Nullable HeldOffer earlier;

  @Nullable HeldOffer later;
  boolean held;

  abstract Message message();

  /** The queue has decided; told once, on the node's loop. */
  abstract void settled(boolean accepted);
}
