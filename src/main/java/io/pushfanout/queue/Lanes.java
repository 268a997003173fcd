package io.pushfanout.queue;

import io.pushfanout.model.Payload;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one node. A hash maps rooms to lanes, so that the number of lanes is bounded for any
 * number of rooms. Rooms that share a lane keep their order among each other too. Guarded by the
 * lock of its {@link MessageQueue}.
 *
 * <p>Only lanes that are needed exist: an idle node has none, regardless of its earlier rooms.
 */
final class Lanes {
  /** Number of lanes, as many as there may be streams; a power of two. */
  private static final int COUNT = 1024;

  private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(COUNT);

  /** Spreads hashes that differ in few bits (Knuth's multiplicative hashing). */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /** Lanes per page: a node with a few busy rooms needs a few pages and not the whole table. */
  private static final int PAGE = 32;

  private @Nullable Lane @Nullable [] @Nullable [] pages;

  private int size;

  private static int index(Payload payload) {
    return (payload.room() * GOLDEN_RATIO) >>> SHIFT;
  }

  /** Returns the message's lane; null when it is not needed. */
  @Nullable Lane find(Payload payload) {
    if (pages == null) {
      return null;
    }
    int index = index(payload);
    var page = pages[index / PAGE];
    return page == null ? null : page[index % PAGE];
  }

  Lane of(Payload payload) {
    if (pages == null) {
      pages = new Lane[COUNT / PAGE][];
    }
    int index = index(payload);
    var page = pages[index / PAGE];
    if (page == null) {
      page = new Lane[PAGE];
      pages[index / PAGE] = page;
    }
    Lane lane = page[index % PAGE];
    if (lane == null) {
      lane = new Lane(index);
      page[index % PAGE] = lane;
      size++;
    }
    return lane;
  }

  /** Removes a lane that is not needed any more. */
  void forget(Lane lane) {
    if (pages == null) {
      return;
    }
    var page = pages[lane.index / PAGE];
    if (page != null && page[lane.index % PAGE] == lane) {
      page[lane.index % PAGE] = null;
      size--;
      if (size == 0) {
        pages = null;
      }
    }
  }

  int size() {
    return size;
  }

  /** Runs an action for each lane; the action may have the lane forgotten. */
  void forEach(Consumer<Lane> action) {
    var present = pages;
    if (present == null) {
      return;
    }
    for (var page : present) {
      if (page != null) {
        for (Lane lane : page) {
          if (lane != null) {
            action.accept(lane);
          }
        }
      }
    }
  }
}
