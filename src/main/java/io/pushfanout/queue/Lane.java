package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.queue.QueuedMessage.Rest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one room, or of some rooms, which keep their order: all that are unsettled at a
 * time are on one stream. Guarded by the lock of its {@link MessageQueue}.
 */
final class Lane {
  /** Its place in {@link Lanes}. */
  final int index;

  /** Where its unsettled messages are, or where it is to go on; null when any stream will do. */
  @Nullable StreamSlot stream;

  /** Where it waits to have what is parked granted; null where only time helps. */
  @Nullable LaneQueue queue;

  @Nullable Lane before;
  @Nullable Lane after;

  /** Granted or sent or resting. */
  private int unsettled;

  /**
   * Waiting for their next attempt, the oldest first, or for an older one that does; the lane waits
   * with them.
   */
  private @Nullable Queue<QueuedMessage> resting;

  /**
   * Passed over among those that wait, because the stream takes no more. The oldest of them may
   * have left the queue since.
   */
  private @Nullable Deque<QueuedMessage> parked;

  Lane(int index) {
    this.index = index;
  }

  void granted(StreamSlot taker) {
    stream = taker;
    unsettled++;
  }

  void settled() {
    if (--unsettled == 0) {
      stream = null;
    }
  }

  boolean isQuiet() {
    return unsettled == 0;
  }

  /** Whether anything would be lost with it. */
  boolean isNeeded() {
    return unsettled > 0 || stream != null || parked != null;
  }

  // ---- resting

  void rest(QueuedMessage message) {
    if (resting == null) {
      resting = new PriorityQueue<>(OrderedMessages.BY_SEQUENCE);
    }
    message.rest = Rest.RESTING;
    resting.add(message);
  }

  boolean isResting() {
    return resting != null;
  }

  /**
   * One has rested enough. It goes on unless an older one rests, which would come after it.
   *
   * @param next gets those that can go on, in their order
   */
  void endRest(QueuedMessage message, List<QueuedMessage> next) {
    message.rest = Rest.OVER;
    Queue<QueuedMessage> those = requireNonNull(resting);
    for (QueuedMessage m = those.peek(); m != null && m.rest != Rest.RESTING; m = those.peek()) {
      those.remove();
      if (m.rest == Rest.OVER) {
        m.rest = Rest.NONE;
        next.add(m);
      }
    }
    if (those.isEmpty()) {
      resting = null;
    }
  }

  /** It will have no next attempt. */
  void cancelRest(QueuedMessage message) {
    message.rest = Rest.ENDED;
    Queue<QueuedMessage> those = requireNonNull(resting);
    while (!those.isEmpty() && those.element().rest == Rest.ENDED) {
      those.remove();
    }
    if (those.isEmpty()) {
      resting = null;
    }
  }

  /** Takes those that have rested enough. */
  void takeRested(List<QueuedMessage> to) {
    if (resting == null) {
      return;
    }
    for (QueuedMessage message : resting) {
      if (message.rest == Rest.OVER) {
        message.rest = Rest.ENDED;
        to.add(message);
      }
    }
  }

  // ---- parked

  void park(QueuedMessage message) {
    if (parked == null) {
      parked = new ArrayDeque<>(4);
    }
    parked.add(message);
  }

  /** Whether there are any, some that wait no more perhaps: see {@link #skipLeft}. */
  boolean hasParked() {
    return parked != null;
  }

  /**
   * Forgets those that have left the queue, which are the oldest.
   *
   * @return how many it looked at
   */
  int skipLeft(int atMost) {
    Deque<QueuedMessage> those = parked;
    if (those == null) {
      return 0;
    }
    if (!those.getLast().isWaiting()) {
      parked = null;
      return 0;
    }
    int skipped = 0;
    while (skipped < atMost && !those.element().isWaiting()) {
      those.remove();
      skipped++;
    }
    return skipped;
  }

  /** Whether {@link #skipLeft} has come to one that waits, or to the end. */
  boolean isAtWaiting() {
    return parked == null || parked.element().isWaiting();
  }

  /** The next to be granted, which stays; null when there is none. */
  @Nullable QueuedMessage peekParked() {
    return parked == null ? null : parked.peek();
  }

  void pollParked() {
    Deque<QueuedMessage> those = requireNonNull(parked);
    those.remove();
    if (those.isEmpty()) {
      parked = null;
    }
  }

  void unpark() {
    parked = null;
    LaneQueue.leave(this);
  }
}
