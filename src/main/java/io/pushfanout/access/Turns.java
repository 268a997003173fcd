package io.pushfanout.access;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import java.util.concurrent.Semaphore;

/**
 * Turns, of which so many are taken at a time, and by one party no more than a part of them: who
 * takes all that it gets leaves some to others. Any thread may call it; none waits.
 */
public final class Turns {
  private final Semaphore left;
  private final int ofOneMax;
  private final Multiset<Object> taken = ConcurrentHashMultiset.create();

  /**
   * @param max at a time
   * @param ofOneMax of them, for one party
   */
  public Turns(int max, int ofOneMax) {
    this.left = new Semaphore(max);
    this.ofOneMax = ofOneMax;
  }

  /**
   * Takes a turn, to be given back.
   *
   * @param party parties are told apart by being equal or not
   * @return false where there is none
   */
  public boolean tryTake(Object party) {
    if (!left.tryAcquire()) {
      return false;
    }
    if (taken.add(party, 1) >= ofOneMax) {
      giveBack(party);
      return false;
    }
    return true;
  }

  public void giveBack(Object party) {
    taken.remove(party);
    left.release();
  }
}
