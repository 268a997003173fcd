package io.pushfanout.fanout;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait, in the order of their sequence, and the sum of their bytes. What comes
 * back returns to its place. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>A list through the messages themselves, so that any of them leaves at no cost. Whoever grants
 * looks at them from the oldest on, and may pass over one, which stays where it is and is not
 * looked at again before {@link #rewind}.
 */
final class WaitingMessages {
  private @Nullable QueuedMessage oldest;
  private @Nullable QueuedMessage youngest;

  /** The first that has not been passed over. */
  private @Nullable QueuedMessage unseen;

  private int size;
  private long bytes;

  /** Adds one that is younger than all. */
  void add(QueuedMessage message) {
    insertBefore(null, message);
    if (unseen == null) {
      unseen = message;
    }
  }

  /**
   * Adds some at their places, and rewinds. One way through the list for all of them.
   *
   * @param messages in the order of their sequence
   */
  void addBack(List<QueuedMessage> messages) {
    QueuedMessage next = oldest;
    for (QueuedMessage message : messages) {
      while (next != null && next.sequence < message.sequence) {
        next = next.younger;
      }
      insertBefore(next, message);
    }
    rewind();
  }

  private void insertBefore(@Nullable QueuedMessage next, QueuedMessage message) {
    QueuedMessage previous = next == null ? youngest : next.older;
    message.older = previous;
    message.younger = next;
    if (previous == null) {
      oldest = message;
    } else {
      previous.younger = message;
    }
    if (next == null) {
      youngest = message;
    } else {
      next.older = message;
    }
    size++;
    bytes += message.size();
  }

  void remove(QueuedMessage message) {
    if (unseen == message) {
      unseen = message.younger;
    }
    if (message.older == null) {
      oldest = message.younger;
    } else {
      message.older.younger = message.younger;
    }
    if (message.younger == null) {
      youngest = message.older;
    } else {
      message.younger.older = message.older;
    }
    // What is gone must not hold on to what comes after it.
    message.older = null;
    message.younger = null;
    size--;
    bytes -= message.size();
  }

  /** The oldest, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    return oldest;
  }

  /** The oldest that has not been passed over, which stays; null when there is none. */
  @Nullable QueuedMessage peekUnseen() {
    return unseen;
  }

  /** Leaves {@link #peekUnseen} where it is, and looks at the next. */
  void passOver() {
    if (unseen != null) {
      unseen = unseen.younger;
    }
  }

  /** All are to be looked at again. */
  void rewind() {
    unseen = oldest;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }
}
