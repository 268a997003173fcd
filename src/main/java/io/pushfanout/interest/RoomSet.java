package io.pushfanout.interest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A set of rooms in small parts, each of which grows alone: no addition to a million rooms holds up
 * a loop. Not thread-safe.
 */
final class RoomSet {
  /** Bits of a name's hash that select its part: 8,000 rooms of a million are in each. */
  private static final int PART_BITS = 7;

  private final Map<Integer, Set<RoomName>> parts = new HashMap<>();
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean contains(RoomName room) {
    Set<RoomName> part = parts.get(room.part(PART_BITS));
    return part != null && part.contains(room);
  }

  void add(RoomName room) {
    if (parts.computeIfAbsent(room.part(PART_BITS), _ -> new HashSet<>()).add(room)) {
      size++;
    }
  }

  /** Removes a room. Returns whether the set had it. */
  boolean remove(RoomName room) {
    Set<RoomName> part = parts.get(room.part(PART_BITS));
    if (part == null || !part.remove(room)) {
      return false;
    }
    size--;
    if (part.isEmpty()) {
      parts.remove(room.part(PART_BITS));
    }
    return true;
  }

  /** Removes some rooms, and hands each to the receiver. */
  void removeSome(int most, Consumer<RoomName> removed) {
    int left = Math.min(most, size);
    size -= left;
    for (Iterator<Set<RoomName>> each = parts.values().iterator(); left > 0; ) {
      Set<RoomName> part = each.next();
      for (Iterator<RoomName> rooms = part.iterator(); left > 0 && rooms.hasNext(); left--) {
        removed.accept(rooms.next());
        rooms.remove();
      }
      if (part.isEmpty()) {
        each.remove();
      }
    }
  }
}
