package io.pushfanout.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one room, or of some rooms, which keep their order: all that are unsettled at a
 * time are on one stream. Guarded by the lock of its {@link MessageQueue}.
 */
final class Lane {
  /** Where its unsettled messages are, or where it is to go on; null when any stream will do. */
  @Nullable WorkerStream stream;

  /** Granted or sent or resting. */
  private int unsettled;

  /** Waiting for their next attempt; the lane waits with them. */
  private int resting;

  /** Whose rest is over, while others rest. */
  private final List<QueuedMessage> rested = new ArrayList<>(0);

  /** Passed over among those that wait, because the stream takes no more. */
  private final Deque<QueuedMessage> parked = new ArrayDeque<>(0);

  void granted(WorkerStream taker) {
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

  void rest() {
    resting++;
  }

  boolean isResting() {
    return resting > 0;
  }

  /** Returns those that can go on now, in order: none while another rests. */
  List<QueuedMessage> endRest(QueuedMessage message) {
    rested.add(message);
    return --resting > 0 ? List.of() : takeRested();
  }

  void cancelRest() {
    resting--;
  }

  List<QueuedMessage> takeRested() {
    List<QueuedMessage> all = new ArrayList<>(rested);
    all.sort(Comparator.comparingLong(m -> m.sequence));
    rested.clear();
    return all;
  }

  void park(QueuedMessage message) {
    parked.add(message);
  }

  boolean hasParked() {
    return !parked.isEmpty();
  }

  @Nullable QueuedMessage peekParked() {
    return parked.peek();
  }

  void pollParked() {
    parked.poll();
  }

  void unpark() {
    parked.clear();
  }
}
