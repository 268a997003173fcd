package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait, in the order of their sequence, and the sum of their bytes. A message
 * that comes back returns to its place. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>The list runs through the messages themselves, so that any of them leaves in constant time. A
 * cursor runs from the oldest message on. It may skip a message, which stays in its place and is
 * not inspected again before {@link #rewind}.
 *
 * <p>The list is cut into {@link MessageRun}s: the oldest run leaves in one step, and the place of
 * a message that comes back is found by runs.
 */
final class WaitingMessages {
  private @Nullable MessageRun oldestRun;
  private @Nullable MessageRun youngestRun;

  /** Oldest message that has not been skipped. */
  private @Nullable QueuedMessage cursor;

  private int size;
  private long bytes;

  /** Adds a message that is younger than all others. */
  void add(QueuedMessage message) {
    append(message);
    if (cursor == null) {
      cursor = message;
    }
  }

  private void append(QueuedMessage message) {
    MessageRun run = youngestRun;
    if (run == null || run.isFull()) {
      run = insertRun(run, null);
    }
    insert(message, run, run.youngest == null ? lastOf(run.older) : run.youngest, null);
  }

  /**
   * Adds messages at their places, in one pass through the runs, and rewinds.
   *
   * @param messages in the order of their sequence
   */
  void addBack(List<QueuedMessage> messages) {
    MessageRun run = oldestRun;
    for (QueuedMessage message : messages) {
      while (run != null && run.youngest().sequence < message.sequence) {
        run = run.younger;
      }
      if (run == null) {
        append(message);
      } else {
        run = addInto(run, message);
      }
    }
    rewind();
  }

  /** Returns the run from which the search for the next message's place goes on. */
  private MessageRun addInto(MessageRun run, QueuedMessage message) {
    QueuedMessage first = requireNonNull(run.oldest);
    if (message.sequence < first.sequence) {
      MessageRun before = run.older;
      MessageRun into =
          before != null && !before.isFull() ? before : run.isFull() ? insertRun(before, run) : run;
      insert(message, into, lastOf(before), first);
      return run;
    }
    QueuedMessage next = run.youngest();
    while (requireNonNull(next.older).sequence > message.sequence) {
      next = next.older;
    }
    insert(message, run, next.older, next);
    return run.size() > 2 * MessageRun.LENGTH ? split(run) : run;
  }

  /** Splits a run. Returns its older half, which is the same object. */
  private MessageRun split(MessageRun run) {
    MessageRun half = insertRun(run, run.younger);
    half.youngest = run.youngest;
    QueuedMessage message = run.youngest();
    for (int moved = 0; moved < MessageRun.LENGTH; moved++) {
      run.discount(message);
      half.count(message);
      half.oldest = message;
      message = requireNonNull(message.older);
    }
    run.youngest = message;
    return run;
  }

  private static @Nullable QueuedMessage lastOf(@Nullable MessageRun run) {
    return run == null ? null : run.youngest;
  }

  private MessageRun insertRun(@Nullable MessageRun before, @Nullable MessageRun after) {
    MessageRun run = new MessageRun();
    run.older = before;
    run.younger = after;
    if (before == null) {
      oldestRun = run;
    } else {
      before.younger = run;
    }
    if (after == null) {
      youngestRun = run;
    } else {
      after.older = run;
    }
    return run;
  }

  private void removeRun(MessageRun run) {
    if (run.older == null) {
      oldestRun = run.younger;
    } else {
      run.older.younger = run.younger;
    }
    if (run.younger == null) {
      youngestRun = run.older;
    } else {
      run.younger.older = run.older;
    }
  }

  private void insert(
      QueuedMessage message,
      MessageRun run,
      @Nullable QueuedMessage previous,
      @Nullable QueuedMessage next) {
    message.older = previous;
    message.younger = next;
    if (previous != null) {
      previous.younger = message;
    }
    if (next != null) {
      next.older = message;
    }
    if (run.oldest == null || run.oldest == next) {
      run.oldest = message;
    }
    if (run.youngest == null || run.youngest == previous) {
      run.youngest = message;
    }
    run.count(message);
    size++;
    bytes += message.size();
  }

  void remove(QueuedMessage message) {
    if (cursor == message) {
      cursor = message.younger;
    }
    MessageRun run = requireNonNull(message.run);
    if (run.oldest == message) {
      run.oldest = message.younger;
    }
    if (run.youngest == message) {
      run.youngest = message.older;
    }
    run.discount(message);
    if (run.size() == 0) {
      removeRun(run);
    }
    if (message.older != null) {
      message.older.younger = message.younger;
    }
    if (message.younger != null) {
      message.younger.older = message.older;
    }
    // A removed message must not keep later ones reachable.
    message.older = null;
    message.younger = null;
    size--;
    bytes -= message.size();
  }

  /** Returns the oldest run, which stays; null when no message waits. */
  @Nullable MessageRun peekRun() {
    return oldestRun;
  }

  /** Removes and returns the oldest run, in one step. */
  MessageRun takeRun() {
    MessageRun run = requireNonNull(oldestRun);
    QueuedMessage next = run.youngest().younger;
    if (cursor != null && cursor.run == run) {
      cursor = next;
    }
    if (next != null) {
      next.older = null;
      run.youngest().younger = null;
    }
    removeRun(run);
    run.younger = null;
    size -= run.size();
    bytes -= run.bytes();
    run.leave();
    return run;
  }

  /** Returns the oldest message, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    return oldestRun == null ? null : oldestRun.oldest;
  }

  /** Returns the oldest message that has not been skipped, which stays; null when there is none. */
  @Nullable QueuedMessage peekCursor() {
    return cursor;
  }

  /** Moves the cursor past the message at {@link #peekCursor}, which stays. */
  void skip() {
    if (cursor != null) {
      cursor = cursor.younger;
    }
  }

  /** Moves the cursor back to the oldest message. */
  void rewind() {
    cursor = peek();
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
