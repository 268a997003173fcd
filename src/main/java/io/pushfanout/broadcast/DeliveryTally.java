package io.pushfanout.broadcast;

import io.pushfanout.queue.DeliveryEnd;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A tally of the deliveries of one enqueue that have ended, for each caller that waits for them.
 * From any thread.
 */
final class DeliveryTally implements DeliveryEnd.Receiver {
  private int delivered;
  private int failed;

  /** Tasks to run after each end, under the lock of a queue; replaced and never changed. */
  private List<Runnable> watchers = List.of();

  @Override
  public void ended(QueuedMessage message, DeliveryEnd end, Ledger ledger) {
    List<Runnable> told;
    synchronized (this) {
      if (end.isDelivered()) {
        delivered++;
      } else {
        failed++;
      }
      told = watchers;
    }
    told.forEach(Runnable::run);
  }

  /** Returns the number of deliveries that have ended with the node's taking the message. */
  synchronized int delivered() {
    return delivered;
  }

  /** Returns the number of deliveries that have ended otherwise. */
  synchronized int failed() {
    return failed;
  }

  synchronized void watch(Runnable watcher) {
    List<Runnable> more = new ArrayList<>(watchers);
    more.add(watcher);
    watchers = more;
  }

  synchronized void unwatch(Runnable watcher) {
    List<Runnable> less = new ArrayList<>(watchers);
    less.remove(watcher);
    watchers = List.copyOf(less);
  }
}
