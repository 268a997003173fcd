package io.pushfanout.queue;

import io.pushfanout.model.Payload;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one node: rooms by a hash, so that there is a bound however many rooms there are.
 * Rooms that share a lane keep their order among each other too. Guarded by the lock of its {@link
 * MessageQueue}.
 *
 * <p>There are only those that are needed: a node at rest has none, whatever rooms it has had.
 */
final class Lanes {
  /** As many as there may be streams; a power of two. */
  private static final int COUNT = 1024;

  private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(COUNT);

  /** Spreads hashes that differ in few bits (Knuth's multiplicative hashing). */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /** A node with a few busy rooms needs a few pages and not the whole table. */
  private static final int PAGE = 32;

  private @Nullable Lane @Nullable [] @Nullable [] pages;

  private int size;

  private static int index(Payload payload) {
    return (payload.room() * GOLDEN_RATIO) >>> SHIFT;
  }

  /** Null where the message's lane is not needed. */
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

  /** It is not needed any more. */
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

  /** The action may have the lane forgotten. */
  void forEach(Consumer<Lane> action) {
    var those = pages;
    if (those == null) {
      return;
    }
    for (var page : those) {
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
