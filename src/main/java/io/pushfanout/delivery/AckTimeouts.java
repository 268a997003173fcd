package io.pushfanout.delivery;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When the node has to have acknowledged what one stream has sent. Two numbers for each request,
 * nothing for each message. On the client's loop only.
 *
 * <p>A later request may be due earlier, when the timeout was made shorter. It can only be
 * acknowledged with all before it, so these are due with it, and theirs is forgotten.
 */
final class AckTimeouts {
  private record Due(long end, long nanos) {}

  private final Deque<Due> due = new ArrayDeque<>();
  private long sent;
  private long acknowledged;

  void sent(int count, long deadlineNanos) {
    sent += count;
    while (!due.isEmpty() && due.getLast().nanos() - deadlineNanos >= 0) {
      due.removeLast();
    }
    due.add(new Due(sent, deadlineNanos));
  }

  void acknowledged(int count) {
    acknowledged += count;
    while (!due.isEmpty() && due.getFirst().end() <= acknowledged) {
      due.removeFirst();
    }
  }

  int unacknowledged() {
    return (int) (sent - acknowledged);
  }

  boolean anythingAcknowledged() {
    return acknowledged > 0;
  }

  /** Whether all that was sent is acknowledged. */
  boolean isClear() {
    return due.isEmpty();
  }

  /** How long the node still has; meaningful while not {@link #isClear}. */
  long nanosLeft(long nowNanos) {
    return due.getFirst().nanos() - nowNanos;
  }
}
