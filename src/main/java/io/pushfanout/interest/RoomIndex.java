package io.pushfanout.interest;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The index from rooms to the nodes that hold them, of the whole process. May be used from any
 * thread.
 *
 * <p>The map is in small parts, each of which grows alone: no join of a million rooms holds up a
 * loop. A room takes about 160 bytes with a name of 24, and each of its nodes about 45.
 */
public final class RoomIndex {
  /** Bits of a name's hash that select its part: 1,000 rooms of a million are in each. */
  private static final int PART_BITS = 10;

  private final List<ConcurrentHashMap<RoomName, Room>> parts =
      Stream.generate(ConcurrentHashMap<RoomName, Room>::new).limit(1 << PART_BITS).toList();
  private final AtomicLong changes = new AtomicLong();
  private final int maxRooms;

  /**
   * @param maxRooms most rooms of one node, 1 or more
   */
  public RoomIndex(int maxRooms) {
    this.maxRooms = maxRooms;
  }

  /** A room with its nodes; the array is never changed. */
  private static final class Room {
    private final RoomName name;
    private final NodeRooms[] nodes;

    private Room(RoomName name, NodeRooms... nodes) {
      this.name = name;
      this.nodes = nodes;
    }

    private Room with(NodeRooms node) {
      if (indexOf(node) >= 0) {
        return this;
      }
      NodeRooms[] more = Arrays.copyOf(nodes, nodes.length + 1);
      more[nodes.length] = node;
      return new Room(name, more);
    }

    private @Nullable Room without(NodeRooms node) {
      int index = indexOf(node);
      if (index < 0) {
        return this;
      }
      if (nodes.length == 1) {
        return null;
      }
      NodeRooms[] fewer = Arrays.copyOf(nodes, nodes.length - 1);
      if (index < fewer.length) {
        fewer[index] = nodes[fewer.length];
      }
      return new Room(name, fewer);
    }

    private int indexOf(NodeRooms node) {
      for (int i = 0; i < nodes.length; i++) {
        if (nodes[i] == node) {
          return i;
        }
      }
      return -1;
    }
  }

  private ConcurrentHashMap<RoomName, Room> part(RoomName room) {
    return parts.get(room.part(PART_BITS));
  }

  int maxRooms() {
    return maxRooms;
  }

  /**
   * Adds a node to a room. Returns the room's name as the index has it, one object for all nodes.
   */
  RoomName join(RoomName room, NodeRooms node) {
    Room now =
        part(room)
            .compute(
                room, (name, known) -> known == null ? new Room(name, node) : known.with(node));
    return now.name;
  }

  /** Removes a node from a room. */
  void leave(RoomName room, NodeRooms node) {
    part(room).computeIfPresent(room, (_, known) -> known.without(node));
  }

  /** Returns the nodes that have listed a room. */
  public List<NodeRooms> holders(RoomName room) {
    Room known = part(room).get(room);
    return known == null ? List.of() : Arrays.asList(known.nodes);
  }

  /** Returns the number of changes of nodes between some rooms and every message. */
  public long changes() {
    return changes.get();
  }

  /** Follows a change of a node between some rooms and every message. */
  void changed() {
    changes.incrementAndGet();
  }

  /** Returns the number of distinct rooms. */
  public int size() {
    return parts.stream().mapToInt(ConcurrentHashMap::size).sum();
  }
}
