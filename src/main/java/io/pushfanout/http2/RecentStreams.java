package io.pushfanout.http2;

import com.google.common.primitives.Ints;
import java.util.Arrays;

/**
 * A memory of the last streams that ended before the peer's request did. Frames of these may be on
 * their way.
 */
final class RecentStreams {
  /** Fewest streams that a full memory has, however few the peer may open at a time. */
  private static final int MIN_COUNT = 256;

  private static final int FIRST_COUNT = 16;

  private final int count;
  private int[] ids = {};
  private int next;

  /**
   * @param maxStreams streams that the peer may have open at a time. The peer reads the ends of
   *     streams in their order, and only then opens others in their place: no more streams than
   *     these have frames on their way
   */
  RecentStreams(int maxStreams) {
    count = Math.max(MIN_COUNT, maxStreams);
  }

  void add(int id) {
    if (next == count) {
      next = 0;
    } else if (next == ids.length) {
      ids = Arrays.copyOf(ids, Math.clamp(2L * next, FIRST_COUNT, count));
    }
    ids[next++] = id;
  }

  void remove(int id) {
    int at = indexOf(id);
    if (at >= 0) {
      ids[at] = 0;
    }
  }

  boolean has(int id) {
    return indexOf(id) >= 0;
  }

  private int indexOf(int id) {
    return Ints.indexOf(ids, id);
  }
}
