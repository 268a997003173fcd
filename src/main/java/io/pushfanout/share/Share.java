package io.pushfanout.share;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The amount that one party has of a {@link Pool}. Threads: any thread may call it; no method
 * waits.
 */
public final class Share {
  private final Pool pool;
  private final AtomicLong taken = new AtomicLong();

  Share(Pool pool) {
    this.pool = pool;
  }

  /**
   * Takes an amount; {@link #giveBack} returns it. A party's first amount is limited only by the
   * amount that is left.
   *
   * @return false when the party would exceed its share; nothing is taken then
   */
  public boolean tryTake(long amount) {
    if (!pool.tryTake(amount)) {
      return false;
    }
    if (!tryCharge(amount)) {
      pool.giveBack(amount);
      return false;
    }
    return true;
  }

  public void giveBack(long amount) {
    discharge(amount);
    pool.giveBack(amount);
  }

  /**
   * Counts for the party an amount that is taken from the pool already, perhaps for several
   * parties; {@link #discharge} ends that.
   *
   * @return false when the party would exceed its share
   */
  public boolean tryCharge(long amount) {
    long before;
    do {
      before = taken.get();
      if (!allows(before, amount)) {
        return false;
      }
      // An addition that is undone would count, for a moment, a party that never existed.
    } while (!taken.compareAndSet(before, before + amount));
    pool.changed(before, before + amount);
    return true;
  }

  /** Returns whether {@link #tryCharge} would count the amount now. */
  public boolean mayCharge(long amount) {
    return allows(taken.get(), amount);
  }

  private boolean allows(long before, long amount) {
    return before == 0 || pool.allows(before, before + amount);
  }

  public void discharge(long amount) {
    count(-amount);
  }

  private void count(long amount) {
    long before = taken.getAndAdd(amount);
    pool.changed(before, before + amount);
  }

  /**
   * Changes the amount of the party and of the pool without a check; a negative change reduces
   * both.
   */
  public void add(long amount) {
    count(amount);
    pool.add(amount);
  }

  public long taken() {
    return taken.get();
  }

  /** Returns the amount that the party may reach while the other parties keep theirs. */
  public long limit() {
    long mine = taken.get();
    long ofOthers = Math.max(0, pool.taken() - mine);
    long half = Math.max(0, pool.capacity() - ofOthers) / 2;
    return Math.min(half, pool.equalPart(mine));
  }
}
