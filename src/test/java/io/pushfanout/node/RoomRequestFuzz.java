package io.pushfanout.node;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A fuzz target for the text of a user's WebSocket frame. */
public final class RoomRequestFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 120;

  @Override
  public String name() {
    return "room-request";
  }

  @Override
  public void take(byte[] input) {
    RoomRequest request;
    try {
      request = RoomRequest.parse(Held.text(input));
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    for (String room : request.rooms()) {
      Held.that(!room.isEmpty() && room.length() <= RoomRequest.MAX_ROOM_LENGTH, "room", room);
    }
    String again =
        new JsonObject()
            .put(request.subscribe() ? "subscribe" : "unsubscribe", new JsonArray(request.rooms()))
            .encode();
    Held.that(RoomRequest.parse(again).equals(request), "not itself", again);
  }
}
