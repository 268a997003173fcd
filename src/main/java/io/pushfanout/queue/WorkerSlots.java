package io.pushfanout.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one node's workers. A message is granted one, is started by the loop, and keeps it
 * until it is settled, in retry backoff too. Guarded by the lock of its {@link MessageQueue}.
 */
final class WorkerSlots {
  /** Those that hold a slot and have not been started. */
  private final OrderedMessages granted = new OrderedMessages();

  /** Granted, started, or in retry backoff. */
  private int inUse;

  /** Deliveries that there may be at a time, whatever the number of workers. */
  private int allowed;

  void allow(int deliveries) {
    allowed = deliveries;
  }

  /** Those that have not been started lose their slots; returns them in their order. */
  List<QueuedMessage> takeGranted() {
    List<QueuedMessage> taken = new ArrayList<>();
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      taken.add(m);
    }
    inUse -= taken.size();
    return taken;
  }

  /** How many deliveries there may be at a time. */
  int limit(int workers) {
    return Math.min(workers, allowed);
  }

  int inUse() {
    return inUse;
  }

  void grant(QueuedMessage message) {
    granted.add(message);
    inUse++;
  }

  /** It has kept its slot, and is to be started again. */
  void grantAgain(QueuedMessage message) {
    granted.add(message);
  }

  /** The next to start, which stays; null when there is none. */
  @Nullable QueuedMessage peekGranted() {
    return granted.peek();
  }

  /** The next to start, which keeps its slot; null when there is none. */
  @Nullable QueuedMessage pollGranted() {
    return granted.poll();
  }

  void release() {
    inUse--;
  }
}
