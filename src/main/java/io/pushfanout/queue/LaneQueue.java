package io.pushfanout.queue;

import org.jspecify.annotations.Nullable;

/**
 * Lanes that wait for the same thing, first come first served. A lane is in one of these at most,
 * and leaves it at no cost. Guarded by the lock of its {@link MessageQueue}.
 */
final class LaneQueue {
  private @Nullable Lane first;
  private @Nullable Lane last;

  boolean isEmpty() {
    return first == null;
  }

  /** The first, which stays; null when there is none. */
  @Nullable Lane peek() {
    return first;
  }

  /** Puts a lane at the end, from wherever it was. */
  void add(Lane lane) {
    leave(lane);
    lane.queue = this;
    lane.before = last;
    if (last == null) {
      first = lane;
    } else {
      last.after = lane;
    }
    last = lane;
  }

  /** Takes a lane out of the queue that it is in, if any. */
  static void leave(Lane lane) {
    LaneQueue queue = lane.queue;
    if (queue == null) {
      return;
    }
    if (lane.before == null) {
      queue.first = lane.after;
    } else {
      lane.before.after = lane.after;
    }
    if (lane.after == null) {
      queue.last = lane.before;
    } else {
      lane.after.before = lane.before;
    }
    lane.queue = null;
    lane.before = null;
    lane.after = null;
  }
}
