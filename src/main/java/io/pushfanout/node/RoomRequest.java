package io.pushfanout.node;

import com.google.common.base.Utf8;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's request: {@code {"subscribe":["room"]}} or {@code {"unsubscribe":["room"]}}.
 *
 * @param subscribe false: unsubscribe
 */
record RoomRequest(boolean subscribe, List<String> rooms) {
  static final int MAX_ROOM_LENGTH = 256;

  private static final String FORM =
      "Send {\"subscribe\":[\"room\"]} or {\"unsubscribe\":[\"room\"]}.";

  /**
   * @throws IllegalArgumentException when the text is not such a request; the message is a sentence
   *     for the user
   */
  static RoomRequest parse(String text) {
    if (!(decode(text) instanceof JsonObject json)) {
      throw new IllegalArgumentException("This is not a JSON object. " + FORM);
    }
    boolean subscribe = json.containsKey("subscribe");
    if (json.size() != 1 || (!subscribe && !json.containsKey("unsubscribe"))) {
      throw new IllegalArgumentException(FORM);
    }
    String field = subscribe ? "subscribe" : "unsubscribe";
    if (!(json.getValue(field) instanceof JsonArray rooms)) {
      throw new IllegalArgumentException("\"" + field + "\" must be a list of rooms.");
    }
    return new RoomRequest(subscribe, roomsOf(field, rooms));
  }

  private static @Nullable Object decode(String text) {
    try {
      return Json.decodeValue(text);
    } catch (DecodeException _) {
      return null;
    }
  }

  private static List<String> roomsOf(String field, JsonArray array) {
    List<String> rooms = new ArrayList<>(array.size());
    for (Object entry : array) {
      if (!(entry instanceof String room)) {
        throw new IllegalArgumentException("Each room of \"" + field + "\" must be a string.");
      }
      if (room.isEmpty() || room.length() > MAX_ROOM_LENGTH) {
        throw new IllegalArgumentException(
            "A room must have 1 to " + MAX_ROOM_LENGTH + " characters.");
      }
      if (!isUnicode(room)) {
        throw new IllegalArgumentException("A room must be valid Unicode.");
      }
      rooms.add(room);
    }
    return List.copyOf(rooms);
  }

  /**
   * Returns whether the name is valid: JSON can contain half a surrogate pair, which the response
   * could not encode in UTF-8.
   */
  private static boolean isUnicode(String room) {
    try {
      return Utf8.encodedLength(room) > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
