package io.pushfanout.delivery;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The acknowledgement deadlines of one stream: two numbers for each request, none for each message.
 * Used on the client's loop only.
 *
 * <p>A shorter timeout may make a later request due before earlier ones. The acknowledgement of
 * that request covers all earlier requests, so they get its deadline, and their own is dropped.
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

  /** Returns whether everything sent is acknowledged. */
  boolean isClear() {
    return due.isEmpty();
  }

  /**
   * Returns the nanoseconds until the first deadline; valid only while {@link #isClear} is false.
   */
  long nanosLeft(long nowNanos) {
    return due.getFirst().nanos() - nowNanos;
  }
}
