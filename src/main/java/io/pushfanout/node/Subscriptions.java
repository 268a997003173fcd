package io.pushfanout.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

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

  /**
   * Executes the request, which is answered by all rooms, or changes nothing, which is answered by
   * an error. A subscription is answered when each PushFanout process has applied it. After a
   * second it is answered as pending, and once more when that has happened.
   *
   * @param answer receives the answer
   * @param confirm receives the confirmation that follows a pending answer
   */
  void execute(String request, Consumer<JsonObject> answer, Consumer<JsonObject> confirm) {
    RoomRequest subscription;
    try {
      subscription = RoomRequest.parse(request);
      if (subscription.subscribe()) {
        add(subscription);
      } else {
        remove(subscription);
      }
    } catch (IllegalArgumentException e) {
      answer.accept(new JsonObject().put("error", e.getMessage()));
      return;
    }
    if (subscription.subscribe()) {
      new Answer(answer, confirm).await(subscription.rooms());
    } else {
      answer.accept(all());
    }
  }

  private JsonObject all() {
    return new JsonObject().put("subscribed", new JsonArray(subscribed.stream().toList()));
  }

  /** The answer to a subscription. */
  private final class Answer {
    private final Consumer<JsonObject> first;
    private final Consumer<JsonObject> second;
    private boolean pending;

    Answer(Consumer<JsonObject> first, Consumer<JsonObject> second) {
      this.first = first;
      this.second = second;
    }

    void await(List<String> added) {
      Confirmation confirmation =
          rooms.listings().confirm(added, () -> (pending ? second : first).accept(all()));
      if (!confirmation.isConfirmed()) {
        rooms.listings().after(RoomListings.PENDING, () -> onLate(confirmation));
      }
    }

    private void onLate(Confirmation confirmation) {
      if (!confirmation.isConfirmed()) {
        pending = true;
        first.accept(all().put("pending", true));
      }
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
