package io.pushfanout.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;

/** The rooms of one user, changed by its requests. For the node's event loop only. */
final class Subscriptions {
  static final int MAX_ROOMS = 1_000;

  private final WebSocketSession session;
  private final RoomRegistry rooms;
  private final Set<String> subscribed = new LinkedHashSet<>();

  Subscriptions(WebSocketSession session, RoomRegistry rooms) {
    this.session = session;
    this.rooms = rooms;
  }

  /** Executes the request and returns all rooms, or changes nothing and returns an error. */
  JsonObject answer(String request) {
    try {
      RoomRequest subscription = RoomRequest.parse(request);
      if (subscription.subscribe()) {
        add(subscription);
      } else {
        remove(subscription);
      }
      return new JsonObject().put("subscribed", new JsonArray(subscribed.stream().toList()));
    } catch (IllegalArgumentException e) {
      return new JsonObject().put("error", e.getMessage());
    }
  }

  private void add(RoomRequest subscription) {
    Set<String> added = new LinkedHashSet<>(subscription.rooms());
    added.removeAll(subscribed);
    if (subscribed.size() + added.size() > MAX_ROOMS) {
      throw new IllegalArgumentException(
          "A socket subscribes to at most " + MAX_ROOMS + " rooms; nothing was changed.");
    }
    long cost = added.stream().mapToLong(RoomRegistry::cost).sum();
    if (!rooms.roomBytes().tryReserve(cost)) {
      throw new IllegalArgumentException(
          "This node has no room for more subscriptions now; nothing was changed.");
    }
    subscribed.addAll(added);
    added.forEach(room -> rooms.subscribe(session, room));
  }

  private void remove(RoomRequest subscription) {
    for (String room : subscription.rooms()) {
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
    rooms.unsubscribe(session, room);
    rooms.roomBytes().add(-RoomRegistry.cost(room));
  }
}
