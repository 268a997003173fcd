package io.pushfanout.fanout;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Messages in the order of their sequence, and the sum of their bytes. What comes back returns to
 * its place. Guarded by the lock of its {@link MessageQueue}.
 */
final class OrderedMessages {
  private final Deque<QueuedMessage> messages = new ArrayDeque<>();
  private long bytes;

  /** Adds one at its place, which is the tail, or near the head for one that comes back. */
  void add(QueuedMessage message) {
    bytes += message.size();
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

  /** Adds all of {@code others}, and leaves them empty. */
  void addAll(OrderedMessages others) {
    // The newest first, so that each goes to the head of those that came before it.
    others.messages.descendingIterator().forEachRemaining(this::add);
    others.clear();
  }

  /** The oldest, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    return messages.peek();
  }

  /** Takes the oldest out; null when there is none. */
  @Nullable QueuedMessage poll() {
    QueuedMessage oldest = messages.poll();
    if (oldest != null) {
      bytes -= oldest.size();
    }
    return oldest;
  }

  void clear() {
    messages.clear();
    bytes = 0;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int size() {
    return messages.size();
  }

  long bytes() {
    return bytes;
  }
}
