package io.pushfanout.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;

/** The rooms of one user, changed by its requests. For the node's event loop only. */
final class Subscriptions {
  static final int MAX_ROOMS = 1_000;

  private final User user;
  private final Rooms rooms;
  private final Set<String> subscribed = new LinkedHashSet<>();

  Subscriptions(User user, Rooms rooms) {
    this.user = user;
    this.rooms = rooms;
  }

  /** Executes the request and returns all rooms, or changes nothing and returns an error. */
  JsonObject answer(String request) {
    try {
      RoomRequest asked = RoomRequest.parse(request);
      if (asked.subscribe()) {
        add(asked);
      } else {
        remove(asked);
      }
      return new JsonObject().put("subscribed", new JsonArray(subscribed.stream().toList()));
    } catch (IllegalArgumentException e) {
      return new JsonObject().put("error", e.getMessage());
    }
  }

  private void add(RoomRequest asked) {
    Set<String> added = new LinkedHashSet<>(asked.rooms());
    added.removeAll(subscribed);
    if (subscribed.size() + added.size() > MAX_ROOMS) {
      throw new IllegalArgumentException(
          "A socket subscribes to at most " + MAX_ROOMS + " rooms; nothing was changed.");
    }
    long cost = added.stream().mapToLong(Rooms::cost).sum();
    if (!rooms.roomBytes().tryReserve(cost)) {
      throw new IllegalArgumentException(
          "This node has no room for more subscriptions now; nothing was changed.");
    }
    subscribed.addAll(added);
    added.forEach(room -> rooms.subscribe(user, room));
  }

  private void remove(RoomRequest asked) {
    for (String room : asked.rooms()) {
      if (subscribed.remove(room)) {
        forget(room);
      }
    }
  }

  void end() {
    subscribed.forEach(this::forget);
    subscribed.clear();
  }

  private void forget(String room) {
    rooms.unsubscribe(user, room);
    rooms.roomBytes().add(-Rooms.cost(room));
  }
}
