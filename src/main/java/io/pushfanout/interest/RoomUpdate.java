package io.pushfanout.interest;

import java.util.List;

/**
 * A change of a node's rooms, which takes effect as a whole: reset, leave, join, complete.
 *
 * @param version number of the update in its stream, from 1
 * @param reset whether all that was listed before is forgotten
 * @param complete whether the listing is whole
 */
public record RoomUpdate(
    long version, boolean reset, List<RoomName> join, List<RoomName> leave, boolean complete) {
  /** Returns the number of rooms that the update names. */
  int names() {
    return join.size() + leave.size();
  }
}
