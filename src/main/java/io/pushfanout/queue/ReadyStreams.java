package io.pushfanout.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one node with a message to send, for the node's loop. Guarded by the lock of its
 * {@link MessageQueue}.
 */
final class ReadyStreams {
  private final Deque<StreamSlot> toStart = new ArrayDeque<>();
  private final Wakeup wakeup;

  ReadyStreams(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  /** Lists a stream; the caller wakes the loop for it. */
  void add(StreamSlot stream) {
    if (!stream.listed) {
      stream.listed = true;
      toStart.add(stream);
    }
  }

  /** Lists a stream, and wakes the loop for it. */
  void addAndWake(StreamSlot stream) {
    add(stream);
    wakeup.now();
  }

  /** Lists a stream if a message is due that has waited for the end of the sent ones. */
  void addIfDue(StreamSlot stream) {
    if (stream.unacknowledged() == 0 && stream.isDue()) {
      addAndWake(stream);
    }
  }

  boolean isEmpty() {
    return toStart.isEmpty();
  }

  /** Returns the next stream that has a message to send; null when there is none. */
  @Nullable StreamSlot poll() {
    for (StreamSlot s = toStart.poll(); s != null; s = toStart.poll()) {
      s.listed = false;
      if (s.isDue()) {
        return s;
      }
    }
    return null;
  }
}
