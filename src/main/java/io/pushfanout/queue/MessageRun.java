package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A run of neighbours among the {@link WaitingMessages}, counted together, so that a million
 * messages leave the queue in a thousand steps. Guarded by the lock of its {@link MessageQueue}
 * while it waits. A run that has left belongs to {@link BatchReleaser} alone, apart from {@link
 * #hasLeft}.
 */
final class MessageRun {
  /** Messages that a run takes; insertions make it twice as many at most. */
  static final int LENGTH = 1024;

  @Nullable QueuedMessage oldest;
  @Nullable QueuedMessage youngest;
  @Nullable MessageRun older;
  @Nullable MessageRun younger;

  /** End of its messages; null until the run has left. */
  @Nullable DeliveryEnd end;

  private int size;
  private long bytes;
  private boolean left;

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  boolean isFull() {
    return size >= LENGTH;
  }

  /** Returns the youngest message, which is the last to expire. */
  QueuedMessage youngest() {
    return requireNonNull(youngest);
  }

  void count(QueuedMessage message) {
    message.run = this;
    size++;
    bytes += message.size();
  }

  void discount(QueuedMessage message) {
    message.run = null;
    size--;
    bytes -= message.size();
  }

  void leave() {
    left = true;
  }

  /** Returns whether the messages of the run have left the queue, all at once. */
  boolean hasLeft() {
    return left;
  }
}
