package io.pushfanout.queue;

import org.jspecify.annotations.Nullable;

/** A message whose caller waits for room in one node's queue. */
public abstract class HeldOffer {
  /**
   * What one of these takes on the heap, its places in the lists of its queue and of its broadcast
   * among it. {@code MemoryCostTest} measures it.
   */
  public static final int BYTES = 40;

  /** Its neighbours in {@link HeldOffers}, and whether it is there. */
  @Nullable HeldOffer earlier;

  @Nullable HeldOffer later;
  boolean held;

  public abstract Message message();

  /** The queue has decided; told once, on the node's loop. */
  public abstract void settled(boolean accepted);
}
