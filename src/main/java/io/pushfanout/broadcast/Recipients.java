package io.pushfanout.broadcast;

import io.pushfanout.interest.NodeRooms;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.interest.RoomName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.MessageQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recipients of one fanout's messages: all of its nodes, and for a room those that hold the
 * room or get everything. From any thread.
 */
public final class Recipients {
  private final List<Recipient> all;
  private final List<MessageQueue> queues;
  private final RoomIndex index;
  private volatile @Nullable Selection last;

  /**
   * A node with its queue.
   *
   * @param rooms the rooms that the node holds
   */
  public record Recipient(MessageQueue queue, NodeRooms rooms) {}

  /**
   * The nodes by their way at one moment.
   *
   * @param changes number of changes of the index before that moment
   * @param everything queues of the nodes that get everything
   * @param routed queues of the others
   */
  private record Selection(
      long changes, List<MessageQueue> everything, Map<NodeRooms, MessageQueue> routed) {}

  public Recipients(List<Recipient> all, RoomIndex index) {
    this.all = List.copyOf(all);
    this.queues = all.stream().map(Recipient::queue).toList();
    this.index = index;
  }

  /** Returns the queues of all nodes. */
  public List<MessageQueue> queues() {
    return queues;
  }

  /**
   * Returns the queues for a message.
   *
   * @param room the message's room; null for all nodes
   */
  List<MessageQueue> of(@Nullable RoomName room) {
    if (room == null) {
      return queues;
    }
    while (true) {
      Selection now = selection();
      if (now.routed.isEmpty()) {
        return queues;
      }
      List<MessageQueue> found = holders(now, room);
      // A node that has begun to get everything meanwhile may be in neither.
      if (index.changes() == now.changes) {
        return found;
      }
    }
  }

  private List<MessageQueue> holders(Selection now, RoomName room) {
    List<NodeRooms> holders = index.holders(room);
    List<MessageQueue> found = new ArrayList<>(now.everything.size() + holders.size());
    found.addAll(now.everything);
    for (NodeRooms holder : holders) {
      MessageQueue queue = now.routed.get(holder);
      if (queue != null) {
        found.add(queue);
      }
    }
    return found;
  }

  /** Returns the nodes of a room's messages. */
  Holders holdersOf(RoomName room) {
    Selection now = selection();
    List<NodeAddress> nodes = new ArrayList<>();
    for (NodeRooms holder : index.holders(room)) {
      MessageQueue queue = now.routed.get(holder);
      if (queue != null) {
        nodes.add(queue.node());
      }
    }
    nodes.sort(null);
    return new Holders(nodes, now.everything.stream().map(MessageQueue::node).toList());
  }

  /**
   * The nodes of a room's messages.
   *
   * @param nodes nodes that hold the room
   * @param everything nodes that get every message
   */
  public record Holders(List<NodeAddress> nodes, List<NodeAddress> everything) {}

  private Selection selection() {
    Selection known = last;
    long changes = index.changes();
    if (known != null && known.changes == changes) {
      return known;
    }
    List<MessageQueue> everything = new ArrayList<>();
    Map<NodeRooms, MessageQueue> routed = new HashMap<>();
    for (Recipient each : all) {
      if (each.rooms.routing() == Routing.ROUTED) {
        routed.put(each.rooms, each.queue);
      } else {
        everything.add(each.queue);
      }
    }
    Selection next = new Selection(changes, everything, routed);
    last = next;
    return next;
  }
}
