package io.pushfanout.share;

import java.util.concurrent.atomic.AtomicLong;

/** What one party has of a {@link Pool}. May be used from any thread; none waits. */
public final class Share {
  private final Pool pool;
  private final AtomicLong taken = new AtomicLong();

  Share(Pool pool) {
    this.pool = pool;
  }

  /**
   * Takes so much, to be given back. What a party takes first it gets wherever there is as much.
   *
   * @return false where the party would have more than its share; nothing is taken then
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
   * Counts for the party what has been taken from the pool already, perhaps for several parties. To
   * be ended by {@link #discharge}.
   *
   * @return false where the party would have more than its share
   */
  public boolean tryCharge(long amount) {
    long before;
    do {
      before = taken.get();
      if (!mayHave(before, amount)) {
        return false;
      }
      // Not added and taken back: others would see a party come and go that never did.
    } while (!taken.compareAndSet(before, before + amount));
    pool.changed(before, before + amount);
    return true;
  }

  /** Whether {@link #tryCharge} would count it now. */
  public boolean mayCharge(long amount) {
    return mayHave(taken.get(), amount);
  }

  private boolean mayHave(long before, long amount) {
    return before == 0 || pool.mayHave(before, before + amount);
  }

  public void discharge(long amount) {
    count(-amount);
  }

  private void count(long amount) {
    long before = taken.getAndAdd(amount);
    pool.changed(before, before + amount);
  }

  /** Counts what the party has without having been asked: more, or less where it is negative. */
  public void add(long amount) {
    count(amount);
    pool.add(amount);
  }

  public long taken() {
    return taken.get();
  }

  /** What the party may have at most while the others have what they have. */
  public long most() {
    long mine = taken.get();
    long ofOthers = Math.max(0, pool.taken() - mine);
    long half = Math.max(0, pool.capacity() - ofOthers) / 2;
    return Math.min(half, pool.equalPart(mine));
  }
}
