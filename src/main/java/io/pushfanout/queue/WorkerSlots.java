package io.pushfanout.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one node's workers. A message is granted a slot, is started by the loop, and keeps
 * the slot until it is settled, in retry backoff too. Guarded by the lock of its {@link
 * MessageQueue}.
 */
final class WorkerSlots {
  private final WaitingMessages waiting;
  private final Ttl ttl;
  private final Consumer<QueuedMessage> onExpired;

  /** Messages that hold a slot and have not been started. */
  private final OrderedMessages granted = new OrderedMessages();

  /** Slots of messages that are granted, started, or in retry backoff. */
  private int inUse;

  /** Deliveries that there may be at a time, for any number of workers. */
  private int allowed;

  /**
   * @param onExpired called for each message that has expired before it was started
   */
  WorkerSlots(WaitingMessages waiting, Ttl ttl, Consumer<QueuedMessage> onExpired) {
    this.waiting = waiting;
    this.ttl = ttl;
    this.onExpired = onExpired;
  }

  void allow(int deliveries) {
    allowed = deliveries;
  }

  /** Returns the number of deliveries that there may be at a time. */
  int limit(int workers) {
    return Math.min(workers, allowed);
  }

  int inUse() {
    return inUse;
  }

  /** Grants free slots to the oldest waiting messages. Returns whether any was granted. */
  boolean grant(int free) {
    boolean any = false;
    QueuedMessage message;
    for (int left = free; left > 0 && (message = waiting.peek()) != null; left--) {
      waiting.remove(message);
      granted.add(message);
      inUse++;
      any = true;
    }
    return any;
  }

  /** Grants a free slot to a message that is younger than all others. */
  void grant(QueuedMessage message) {
    granted.add(message);
    inUse++;
  }

  /** Queues a message to be started again, in the slot that it has kept. */
  void grantAgain(QueuedMessage message) {
    granted.add(message);
  }

  /**
   * Removes and returns the next message to start, which keeps its slot; null when there is none.
   */
  @Nullable QueuedMessage pollGranted() {
    return granted.poll();
  }

  /** Returns whether a granted message has expired before it was started. */
  boolean isTooOldToStart(QueuedMessage message, long now) {
    return ttl.isOverForGranted(message, now);
  }

  /** Drops granted messages that have expired before they were started. */
  void expireGranted(long now) {
    for (QueuedMessage m = granted.peek();
        m != null && ttl.isOverForGranted(m, now);
        m = granted.peek()) {
      granted.poll();
      release();
      onExpired.accept(m);
    }
  }

  void release() {
    release(1);
  }

  void release(int slots) {
    inUse -= slots;
  }

  /** Puts a message back among the waiting ones and frees its slot. */
  void giveBack(QueuedMessage message) {
    inUse--;
    waiting.addBack(List.of(message));
  }

  boolean isTooOld(QueuedMessage message, long now) {
    return ttl.isOver(message, now);
  }

  /** Puts messages that have not been started back among the waiting ones. */
  void takeBackGranted() {
    waiting.addBack(takeGranted());
  }

  /**
   * Takes the slots of messages that have not been started; returns the messages in their order.
   */
  List<QueuedMessage> takeGranted() {
    List<QueuedMessage> taken = new ArrayList<>();
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      taken.add(m);
    }
    inUse -= taken.size();
    return taken;
  }
}
