package io.pushfanout.share;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So much of something, which parties share without a configured part for any. A party takes more
 * only while it then has no more than what is left: alone a half. Where little is left, it may have
 * no more than an equal part either: a third beside another party, a quarter beside two. So
 * something is left for whoever comes next. May be used from any thread; none waits.
 *
 * <p>The first rule is the one by which switches divide the buffers of their ports (Choudhury and
 * Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998, with a factor
 * of 1). It holds at once, however fast parties come; the second one has who came early give room
 * to who came late.
 */
public final class Pool {
  /** A party with less than this part of all is small: it counts for nothing in the second rule. */
  private static final int COUNTED_PART = 64;

  /** While so much is left, nobody has to have as little as the others. */
  private static final int PLENTY_PART = 4;

  /** What only small parties may take: many large ones that come at once leave it to them. */
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

  /** By all parties, and by none in particular. */
  public long taken() {
    return taken.get();
  }

  /** The share of another party, which has nothing yet. */
  public Share share() {
    return new Share(this);
  }

  /**
   * Takes for no party in particular, to be given back.
   *
   * @return false where there is not as much; nothing is taken then
   */
  public boolean tryTake(long amount) {
    // To look first keeps the refused from taking for a moment what others then do not find.
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

  /** What is there already, and so cannot be refused. */
  void add(long amount) {
    taken.addAndGet(amount);
  }

  /** A party has another amount than before. */
  void changed(long before, long after) {
    boolean was = before >= counted;
    boolean is = after >= counted;
    if (was != is) {
      parties.addAndGet(is ? 1 : -1);
    }
  }

  /** Whether a party may have so much more, which is taken already. */
  boolean mayHave(long before, long after) {
    long left = capacity - taken.get();
    return after <= Math.min(left, equalPart(before))
        && (after < counted || left >= capacity / RESERVED_PART);
  }

  /**
   * An equal part for each party, for one that has so much already, and for one to come; all, while
   * there is plenty.
   */
  long equalPart(long has) {
    if (capacity - taken.get() >= capacity / PLENTY_PART) {
      return capacity;
    }
    int counting = parties.get() + (has >= counted ? 0 : 1);
    // A party that has just become small may have been counted off before it was counted.
    return capacity / (Math.max(1, counting) + 1);
  }
}
