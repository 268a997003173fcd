package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.queue.QueuedMessage.RetryState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one room, or of some rooms, in their order: all unsettled messages of a lane are
 * on one stream. Guarded by the lock of its {@link MessageQueue}.
 */
final class Lane {
  /** Index in {@link Lanes}. */
  final int index;

  /**
   * Stream of the unsettled messages, or the stream to continue on; null when any stream will do.
   */
  @Nullable StreamSlot stream;

  /**
   * Queue in which the lane waits for grants of its blocked messages; null when only time helps.
   */
  @Nullable LaneQueue queue;

  @Nullable Lane before;
  @Nullable Lane after;

  /** Messages that are granted, sent or backing off. */
  private int unsettled;

  /**
   * Messages that back off, the oldest first, and messages that wait for an older one that does;
   * the lane waits with them.
   */
  private @Nullable Queue<QueuedMessage> backingOff;

  /**
   * Messages that were skipped among the waiting ones, because the stream takes no more. The oldest
   * of them may have left the queue since.
   */
  private @Nullable Deque<QueuedMessage> blocked;

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

  boolean isIdle() {
    return unsettled == 0;
  }

  /** Returns whether the lane has state to keep. */
  boolean isNeeded() {
    return unsettled > 0 || stream != null || blocked != null;
  }

  // ---- backoff

  void backOff(QueuedMessage message) {
    if (backingOff == null) {
      backingOff = new PriorityQueue<>(OrderedMessages.BY_SEQUENCE);
    }
    message.retryState = RetryState.BACKING_OFF;
    backingOff.add(message);
  }

  boolean isBackingOff() {
    return backingOff != null;
  }

  /**
   * Ends the backoff of one message. The message may be sent again unless an older one still backs
   * off, which must come first.
   *
   * @param next gets the messages that may be sent again, in their order
   */
  void endBackoff(QueuedMessage message, List<QueuedMessage> next) {
    message.retryState = RetryState.READY;
    Queue<QueuedMessage> messages = requireNonNull(backingOff);
    for (QueuedMessage m = messages.peek();
        m != null && m.retryState != RetryState.BACKING_OFF;
        m = messages.peek()) {
      messages.remove();
      if (m.retryState == RetryState.READY) {
        m.retryState = RetryState.NONE;
        next.add(m);
      }
    }
    if (messages.isEmpty()) {
      backingOff = null;
    }
  }

  /** Ends the backoff of one message without another attempt. */
  void cancelBackoff(QueuedMessage message) {
    message.retryState = RetryState.ENDED;
    Queue<QueuedMessage> messages = requireNonNull(backingOff);
    while (!messages.isEmpty() && messages.element().retryState == RetryState.ENDED) {
      messages.remove();
    }
    if (messages.isEmpty()) {
      backingOff = null;
    }
  }

  /** Takes the messages that wait only for an older one: their own backoff has ended. */
  void takeReady(List<QueuedMessage> to) {
    if (backingOff == null) {
      return;
    }
    for (QueuedMessage message : backingOff) {
      if (message.retryState == RetryState.READY) {
        message.retryState = RetryState.ENDED;
        to.add(message);
      }
    }
  }

  // ---- blocked

  void block(QueuedMessage message) {
    if (blocked == null) {
      blocked = new ArrayDeque<>(4);
    }
    blocked.add(message);
  }

  /**
   * Returns whether there are blocked messages; some may wait no more, see {@link #forgetDeparted}.
   */
  boolean hasBlocked() {
    return blocked != null;
  }

  /**
   * Forgets blocked messages that have left the queue, which are the oldest.
   *
   * @return number of messages that it inspected
   */
  int forgetDeparted(int atMost) {
    Deque<QueuedMessage> messages = blocked;
    if (messages == null) {
      return 0;
    }
    if (!messages.getLast().isWaiting()) {
      blocked = null;
      return 0;
    }
    int forgotten = 0;
    while (forgotten < atMost && !messages.element().isWaiting()) {
      messages.remove();
      forgotten++;
    }
    return forgotten;
  }

  /** Returns whether {@link #forgetDeparted} has come to a message that waits, or to the end. */
  boolean isAtWaiting() {
    return blocked == null || blocked.element().isWaiting();
  }

  /** Returns the next message to be granted, which stays; null when there is none. */
  @Nullable QueuedMessage peekBlocked() {
    return blocked == null ? null : blocked.peek();
  }

  void pollBlocked() {
    Deque<QueuedMessage> messages = requireNonNull(blocked);
    messages.remove();
    if (messages.isEmpty()) {
      blocked = null;
    }
  }

  void unblock() {
    blocked = null;
    LaneQueue.leave(this);
  }
}
