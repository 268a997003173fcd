package io.pushfanout.interest;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The index from rooms to the nodes that hold them, of the whole process. May be used from any
 * thread.
 *
 * <p>A room takes about 160 bytes with a name of 24, and each of its nodes about 60.
 */
public final class RoomIndex {
  private final ConcurrentHashMap<RoomName, Room> rooms = new ConcurrentHashMap<>();
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

  int maxRooms() {
    return maxRooms;
  }

  /**
   * Adds a node to a room. Returns the room's name as the index has it, one object for all nodes.
   */
  RoomName join(RoomName room, NodeRooms node) {
    Room now =
        rooms.compute(
            room, (name, known) -> known == null ? new Room(name, node) : known.with(node));
    return now.name;
  }

  /** Removes a node from a room. */
  void leave(RoomName room, NodeRooms node) {
    rooms.computeIfPresent(room, (_, known) -> known.without(node));
  }

  /** Returns the nodes that have listed a room. */
  public List<NodeRooms> holders(RoomName room) {
    Room known = rooms.get(room);
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
    return rooms.size();
  }
}
