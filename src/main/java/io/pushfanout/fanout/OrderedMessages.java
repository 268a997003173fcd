package io.pushfanout.fanout;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Messages in the order of their sequence. What comes back returns to its place. Guarded by the
 * lock of its {@link MessageQueue}.
 */
final class OrderedMessages {
  private final Deque<QueuedMessage> messages = new ArrayDeque<>();

  /** Adds one at its place, which is the tail, or near the head for one that comes back. */
  void add(QueuedMessage message) {
    QueuedMessage newest = messages.peekLast();
    if (newest == null || newest.sequence < message.sequence) {
      messages.addLast(message);
      return;
    }
    Deque<QueuedMessage> older = new ArrayDeque<>();
    while (messages.element().sequence < message.sequence) {
      older.push(messages.remove());
    }
    messages.addFirst(message);
    older.forEach(messages::addFirst);
  }

  /** The oldest, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    return messages.peek();
  }

  /** Takes the oldest out; null when there is none. */
  @Nullable QueuedMessage poll() {
    return messages.poll();
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }
}
