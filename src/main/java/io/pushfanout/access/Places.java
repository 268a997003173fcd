package io.pushfanout.access;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import java.util.concurrent.Semaphore;

/**
 * Places, of which so many are taken at a time, and by one peer no more than half of them: who
 * takes all that it gets leaves some to others. Any thread may call it; none waits.
 */
public final class Places {
  private final Semaphore left;
  private final int ofOneMax;
  private final Multiset<Object> taken = ConcurrentHashMultiset.create();

  /**
   * @param max at a time; two or more
   */
  public Places(int max) {
    this.left = new Semaphore(max);
    this.ofOneMax = max / 2;
  }

  /**
   * Takes a place, to be given back.
   *
   * @param peer peers are told apart by being equal or not
   * @return false where there is none
   */
  public boolean tryTake(Object peer) {
    if (!left.tryAcquire()) {
      return false;
    }
    if (taken.add(peer, 1) >= ofOneMax) {
      giveBack(peer);
      return false;
    }
    return true;
  }

  public void giveBack(Object peer) {
    taken.remove(peer);
    left.release();
  }
}
