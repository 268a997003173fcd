package io.pushfanout.queue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a list in the order of their sequence. A message that comes back returns to its
 * place, however many come back in any order. Guarded by the lock of its {@link MessageQueue}.
 */
final class OrderedMessages {
  static final Comparator<QueuedMessage> BY_SEQUENCE = Comparator.comparingLong(m -> m.sequence);

  /** Messages as they come, each younger than the one before it. */
  private final Deque<QueuedMessage> inOrder = new ArrayDeque<>();

  /** Messages that came after a younger one; most queues never have any. */
  private @Nullable Queue<QueuedMessage> late;

  void add(QueuedMessage message) {
    QueuedMessage youngest = inOrder.peekLast();
    if (youngest == null || youngest.sequence < message.sequence) {
      inOrder.addLast(message);
      return;
    }
    if (late == null) {
      late = new PriorityQueue<>(BY_SEQUENCE);
    }
    late.add(message);
  }

  /** Returns the oldest message, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    QueuedMessage first = inOrder.peek();
    QueuedMessage firstLate = late == null ? null : late.peek();
    if (first == null || firstLate == null) {
      return first == null ? firstLate : first;
    }
    return first.sequence < firstLate.sequence ? first : firstLate;
  }

  /** Removes and returns the oldest message; null when there is none. */
  @Nullable QueuedMessage poll() {
    QueuedMessage oldest = peek();
    if (late == null || oldest == inOrder.peek()) {
      return inOrder.poll();
    }
    late.remove();
    if (late.isEmpty()) {
      late = null;
    }
    return oldest;
  }

  boolean isEmpty() {
    return inOrder.isEmpty() && late == null;
  }
}
