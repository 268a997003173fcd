package io.pushfanout.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one node's workers. A message is granted a slot, is started by the loop, and keeps
 * the slot until it is settled, in retry backoff too. Guarded by the lock of its {@link
 * MessageQueue}.
 */
final class WorkerSlots {
  /** Messages that hold a slot and have not been started. */
  private final OrderedMessages granted = new OrderedMessages();

  /** Slots of messages that are granted, started, or in retry backoff. */
  private int inUse;

  /** Deliveries that there may be at a time, for any number of workers. */
  private int allowed;

  void allow(int deliveries) {
    allowed = deliveries;
  }

  /**
   * Takes their slots from messages that have not been started; returns these messages in their
   * order.
   */
  List<QueuedMessage> takeGranted() {
    List<QueuedMessage> taken = new ArrayList<>();
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      taken.add(m);
    }
    inUse -= taken.size();
    return taken;
  }

  /** Returns the number of deliveries that there may be at a time. */
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

  /** Queues a message to be started again, in the slot that it has kept. */
  void grantAgain(QueuedMessage message) {
    granted.add(message);
  }

  /** Returns the next message to start, which stays; null when there is none. */
  @Nullable QueuedMessage peekGranted() {
    return granted.peek();
  }

  /**
   * Removes and returns the next message to start, which keeps its slot; null when there is none.
   */
  @Nullable QueuedMessage pollGranted() {
    return granted.poll();
  }

  void release() {
    inUse--;
  }
}
