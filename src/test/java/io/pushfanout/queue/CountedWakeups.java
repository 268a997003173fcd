package io.pushfanout.queue;

/** A wake-up port that counts its calls and wakes no loop. */
public final class CountedWakeups implements Wakeup {
  public int now;
  public int soon;
  public int expedited;

  @Override
  public void now() {
    now++;
  }

  @Override
  public void soon() {
    soon++;
  }

  @Override
  public void expedite() {
    expedited++;
  }
}
