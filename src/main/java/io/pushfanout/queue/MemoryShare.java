package io.pushfanout.queue;

import io.pushfanout.share.Share;
import java.util.concurrent.atomic.LongAdder;

/**
 * The share of one fanout in the {@link MemoryBudget}: its messages that wait and those in flight,
 * the entries of its queues, and its held offers, which have a part of their own too. May be used
 * from any thread.
 */
public final class MemoryShare {
  private final Share bytes;
  private final Share offers;
  private final LongAdder refusals = new LongAdder();

  /** Bytes of the entries. Changed on the applier's thread only. */
  private volatile long entryBytes;

  MemoryShare(Share bytes, Share offers) {
    this.bytes = bytes;
    this.offers = offers;
  }

  /** Returns whether the fanout may have a message of this cost, which the budget has counted. */
  public boolean hasRoom(long cost) {
    return counted(bytes.mayCharge(cost));
  }

  private boolean counted(boolean room) {
    if (!room) {
      refusals.increment();
    }
    return room;
  }

  /**
   * Counts bytes for the fanout, which the budget has counted, until {@link #discharge}.
   *
   * @return false when the fanout has used up its share
   */
  boolean tryCharge(long cost) {
    return counted(bytes.tryCharge(cost));
  }

  void discharge(long cost) {
    bytes.discharge(cost);
  }

  /**
   * Takes the memory of one offer that a queue may hold; {@link #giveBackOffer} returns it.
   *
   * @return false when held offers have used up their part, or the fanout its share
   */
  public boolean tryTakeOffer() {
    if (!offers.tryTake(HeldOffer.BYTES)) {
      return false;
    }
    if (!bytes.tryTake(HeldOffer.BYTES)) {
      offers.giveBack(HeldOffer.BYTES);
      return false;
    }
    return true;
  }

  /** Gives back the memory of one offer, which is held no longer. */
  public void giveBackOffer() {
    bytes.giveBack(HeldOffer.BYTES);
    offers.giveBack(HeldOffer.BYTES);
  }

  /** Sets the number of entries in the fanout's queues. */
  public void entries(long count) {
    long now = count * QueuedMessage.ENTRY_BYTES;
    bytes.add(now - entryBytes);
    entryBytes = now;
  }

  /** Returns the number of times that the fanout had no room. */
  public long refusals() {
    return refusals.sum();
  }

  /** Returns the bytes that the fanout has. */
  public long held() {
    return bytes.taken();
  }

  long entryBytes() {
    return entryBytes;
  }

  /** Returns the bytes beyond a percentage of those that the fanout may have now. */
  public long over(int percent) {
    return bytes.taken() - bytes.limit() / 100 * percent;
  }
}
