package io.pushfanout.queue;

import io.pushfanout.share.Share;
import java.util.concurrent.atomic.LongAdder;

/**
 * One fanout's share of the {@link MemoryBudget}: what its messages take while they wait and while
 * they are in flight, the entries of its queues, and its held offers, which have a part of their
 * own too. May be used from any thread.
 */
public final class MemoryShare {
  private final Share bytes;
  private final Share offers;
  private final LongAdder refusals = new LongAdder();

  /** Changed on the applier's thread only. */
  private volatile long entryBytes;

  MemoryShare(Share bytes, Share offers) {
    this.bytes = bytes;
    this.offers = offers;
  }

  /** Whether the fanout may have a message of so many bytes, which the budget has counted. */
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
   * Counts so many bytes for the fanout, which the budget has counted, until {@link #discharge}.
   *
   * @return false where the fanout has its share
   */
  boolean tryCharge(long cost) {
    return counted(bytes.tryCharge(cost));
  }

  void discharge(long cost) {
    bytes.discharge(cost);
  }

  /**
   * Takes what one offer needs that a queue may hold, to be given back by {@link #unhold}.
   *
   * @return false where held offers have their part, or the fanout has its share
   */
  public boolean tryHold() {
    if (!offers.tryTake(HeldOffer.BYTES)) {
      return false;
    }
    if (!bytes.tryTake(HeldOffer.BYTES)) {
      offers.giveBack(HeldOffer.BYTES);
      return false;
    }
    return true;
  }

  /** One offer is held no longer. */
  public void unhold() {
    bytes.giveBack(HeldOffer.BYTES);
    offers.giveBack(HeldOffer.BYTES);
  }

  /** What the entries of its queues take now. */
  public void entries(long count) {
    long now = count * QueuedMessage.ENTRY_BYTES;
    bytes.add(now - entryBytes);
    entryBytes = now;
  }

  /** How often it had no room. */
  public long refusals() {
    return refusals.sum();
  }

  /** Bytes. */
  public long held() {
    return bytes.taken();
  }

  long entryBytes() {
    return entryBytes;
  }

  /** Bytes that it holds beyond so many percent of what it may have now. */
  public long over(int percent) {
    return bytes.taken() - bytes.limit() / 100 * percent;
  }
}
