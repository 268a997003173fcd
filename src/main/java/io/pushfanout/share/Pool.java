package io.pushfanout.share;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A capacity that parties share without a configured part for any of them. A party may take more
 * only while its amount then does not exceed the amount that is left: alone, a half. When little is
 * left, its amount may not exceed an equal part either: a third beside another party, a quarter
 * beside two. So some capacity is left for the next party. Threads: any thread may call it; no
 * method waits.
 *
 * <p>The first rule is the one by which switches divide the buffers of their ports (Choudhury and
 * Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998, with a factor
 * of 1). It holds at once, however fast parties come; the second rule makes early parties give room
 * to late ones.
 */
public final class Pool {
  /**
   * Divisor of the capacity: a party below this part is small, and the second rule does not count
   * it.
   */
  private static final int COUNTED_PART = 64;

  /** Divisor of the capacity: the second rule applies only while less than this part is left. */
  private static final int PLENTY_PART = 4;

  /**
   * Divisor of the capacity: only small parties may take the last part, which many large parties
   * that come at once leave to them.
   */
  private static final int RESERVED_PART = 16;

  private final long capacity;
  private final long counted;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicInteger parties = new AtomicInteger();

  /**
   * @param capacity 1 or more
   */
  public Pool(long capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("the capacity must be 1 or more, is " + capacity);
    }
    this.capacity = capacity;
    this.counted = Math.max(1, capacity / COUNTED_PART);
  }

  public long capacity() {
    return capacity;
  }

  /** Returns the amount taken, by parties and by {@link #tryTake} together. */
  public long taken() {
    return taken.get();
  }

  /** Returns a share for another party, with nothing taken yet. */
  public Share share() {
    return new Share(this);
  }

  /**
   * Takes an amount without a party; {@link #giveBack} returns it.
   *
   * @return false when less is left; nothing is taken then
   */
  public boolean tryTake(long amount) {
    // The check keeps a refused amount from being taken for a moment, in which others are refused.
    if (taken.get() > capacity - amount) {
      return false;
    }
    if (taken.addAndGet(amount) > capacity) {
      taken.addAndGet(-amount);
      return false;
    }
    return true;
  }

  public void giveBack(long amount) {
    taken.addAndGet(-amount);
  }

  /** Adds an amount that exists already and so cannot be refused. */
  void add(long amount) {
    taken.addAndGet(amount);
  }

  /** Updates the count of parties after the amount of one has changed. */
  void changed(long before, long after) {
    boolean was = before >= counted;
    boolean is = after >= counted;
    if (was != is) {
      parties.addAndGet(is ? 1 : -1);
    }
  }

  /** Returns whether a party may grow to an amount; the difference is taken already. */
  boolean allows(long before, long after) {
    long left = capacity - taken.get();
    return after <= Math.min(left, equalPart(before))
        && (after < counted || left >= capacity / RESERVED_PART);
  }

  /**
   * Returns an equal part for each counted party, the party with this amount, and one party to
   * come; the whole capacity while plenty is left.
   */
  long equalPart(long amount) {
    if (capacity - taken.get() >= capacity / PLENTY_PART) {
      return capacity;
    }
    int counting = parties.get() + (amount >= counted ? 0 : 1);
    // Threads may subtract a party before they have added it: the count may be below 0.
    return capacity / (Math.max(1, counting) + 1);
  }
}
