package io.pushfanout.queue;

import org.jspecify.annotations.Nullable;

/**
 * A queue of lanes that wait for the same thing, first come first served. A lane is in one queue at
 * most, and leaves it in constant time. Guarded by the lock of its {@link MessageQueue}.
 */
final class LaneQueue {
  private @Nullable Lane first;
  private @Nullable Lane last;

  boolean isEmpty() {
    return first == null;
  }

  /** Returns the first lane, which stays; null when there is none. */
  @Nullable Lane peek() {
    return first;
  }

  /** Moves a lane to the end of this queue, from any other queue. */
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

  /** Removes a lane from its queue, if any. */
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
