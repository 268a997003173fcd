package io.pushfanout.http2;

import com.google.common.primitives.Ints;
import org.jspecify.annotations.Nullable;

/**
 * A memory of the last streams that ended before the peer's request did. Frames of these may be on
 * their way.
 */
final class RecentStreams {
  private static final int COUNT = 256;

  private int @Nullable [] ids;
  private int next;

  void add(int id) {
    if (ids == null) {
      ids = new int[COUNT];
    }
    ids[next] = id;
    next = (next + 1) % COUNT;
  }

  void remove(int id) {
    int at = indexOf(id);
    if (ids != null && at >= 0) {
      ids[at] = 0;
    }
  }

  boolean has(int id) {
    return indexOf(id) >= 0;
  }

  private int indexOf(int id) {
    return ids == null ? -1 : Ints.indexOf(ids, id);
  }
}
