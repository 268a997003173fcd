package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;

/** A helper for tests of other packages that counts events which only the engine counts. */
public final class CountedTotals {
  private CountedTotals() {}

  public static void enqueued(FanoutTotals sums, int times) {
    repeat(times, sums::countEnqueued);
  }

  public static void delivered(FanoutTotals sums, long nanos) {
    sums.countDelivered(nanos);
  }

  public static void expired(FanoutTotals sums, int times) {
    sums.countExpired(times);
  }

  public static void failed(FanoutTotals sums, StatusCode code, int times) {
    repeat(times, () -> sums.countFailed(code));
  }

  public static void dropped(FanoutTotals sums, DropReason reason, int times) {
    sums.countDropped(reason, times);
  }

  private static void repeat(int times, Runnable count) {
    for (int i = 0; i < times; i++) {
      count.run();
    }
  }
}
