package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait, in the order of their sequence, and the sum of their bytes. What comes
 * back returns to its place. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>A list through the messages themselves, so that any of them leaves at no cost. Whoever grants
 * looks at them from the oldest on, and may pass over one, which stays where it is and is not
 * looked at again before {@link #rewind}.
 *
 * <p>The list is cut into {@link MessageRun}s: the oldest run leaves in one step, and the place of
 * a message that comes back is found by runs.
 */
final class WaitingMessages {
  private @Nullable MessageRun oldestRun;
  private @Nullable MessageRun youngestRun;

  /** The first that has not been passed over. */
  private @Nullable QueuedMessage unseen;

  private int size;
  private long bytes;

  /** Adds one that is younger than all. */
  void add(QueuedMessage message) {
    append(message);
    if (unseen == null) {
      unseen = message;
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
   * Adds some at their places, and rewinds. One way through the runs for all of them.
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

  /** Returns the run that what comes after the message may belong to. */
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

  /** Returns the older half, which keeps its name. */
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
    if (unseen == message) {
      unseen = message.younger;
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
    // What is gone must not hold on to what comes after it.
    message.older = null;
    message.younger = null;
    size--;
    bytes -= message.size();
  }

  /** The oldest and some after it, which stay; null when none waits. */
  @Nullable MessageRun peekRun() {
    return oldestRun;
  }

  /** Takes the oldest run out, in one step. */
  MessageRun takeRun() {
    MessageRun run = requireNonNull(oldestRun);
    QueuedMessage next = run.youngest().younger;
    if (unseen != null && unseen.run == run) {
      unseen = next;
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

  /** The oldest, which stays; null when there is none. */
  @Nullable QueuedMessage peek() {
    return oldestRun == null ? null : oldestRun.oldest;
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
    unseen = peek();
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
