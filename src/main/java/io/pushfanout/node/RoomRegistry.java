package io.pushfanout.node;

import static java.util.Comparator.comparingLong;

import io.pushfanout.concurrent.LogLimit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The registry of connected users, including those being closed, and of rooms with their
 * subscribers. A room exists while it has a subscriber.
 *
 * <p>For the node's event loop only, so it needs no lock.
 */
final class RoomRegistry {
  private static final int SUBSCRIPTION_COST = 320;

  private final Set<WebSocketSession> users = new HashSet<>();
  private final Map<String, Set<WebSocketSession>> subscribers = new HashMap<>();
  private final UserLimits limits;
  private final TextMemory texts;
  private final HeapShare roomBytes;
  private final HeapShare requestBytes;
  private final LogLimit lines = new LogLimit(100, System::nanoTime);
  private final RoomListings listings;
  private RoomListings.Timers timers =
      (_, _) -> {
        throw new IllegalStateException("no event loop runs this registry");
      };
  private Runnable whenEmpty = () -> {};
  private boolean closing;

  RoomRegistry(UserLimits limits) {
    this.limits = limits;
    this.listings =
        new RoomListings(
            subscribers::keySet,
            subscribers::containsKey,
            (delay, task) -> timers.after(delay, task),
            System::nanoTime);
    this.texts = new TextMemory(limits.textBytes());
    this.roomBytes = new HeapShare(limits.roomBytes());
    this.requestBytes = new HeapShare(limits.requestBytes());
  }

  /** Sets the timers of the event loop that runs this registry. */
  void runOn(RoomListings.Timers loop) {
    timers = loop;
  }

  /** Returns whether the node accepts no further user. */
  boolean isFull() {
    return closing || users.size() >= limits.maxSockets() || texts.isOver();
  }

  UserLimits limits() {
    return limits;
  }

  /** Returns the memory of texts, for any thread. */
  TextMemory texts() {
    return texts;
  }

  /** Returns the limit on log lines about all users. */
  LogLimit lines() {
    return lines;
  }

  /** Returns the listings of the rooms to PushFanout. */
  RoomListings listings() {
    return listings;
  }

  /** Returns the heap budget of subscriptions. */
  HeapShare roomBytes() {
    return roomBytes;
  }

  /** Returns the heap budget of unhandled requests. */
  HeapShare requestBytes() {
    return requestBytes;
  }

  /** Returns the approximate heap bytes of a subscription to a room without other subscribers. */
  static long cost(String room) {
    return SUBSCRIPTION_COST + 2L * room.length();
  }

  void join(WebSocketSession session) {
    users.add(session);
  }

  /** Removes the user, which unsubscribes from its rooms itself. */
  void leave(WebSocketSession session) {
    users.remove(session);
    if (users.isEmpty()) {
      whenEmpty.run();
    }
  }

  /** Runs the action when the last user has left; at once if there is no user. */
  void whenEmpty(Runnable then) {
    whenEmpty = then;
    if (users.isEmpty()) {
      then.run();
    }
  }

  void subscribe(WebSocketSession session, String room) {
    Set<WebSocketSession> present = subscribers.get(room);
    if (present == null) {
      present = new HashSet<>();
      subscribers.put(room, present);
      listings.changed(room);
    }
    present.add(session);
  }

  void unsubscribe(WebSocketSession session, String room) {
    Set<WebSocketSession> left = subscribers.get(room);
    if (left != null && left.remove(session) && left.isEmpty()) {
      subscribers.remove(room);
      listings.changed(room);
    }
  }

  /**
   * Hands the text to the room's subscribers, or to every user when the room is empty.
   *
   * @return the number of users that accepted the text
   */
  int deliver(String room, SharedText text) {
    shedTexts();
    int taken = 0;
    for (WebSocketSession session :
        copy(room.isEmpty() ? users : subscribers.getOrDefault(room, Set.of()))) {
      if (session.send(text)) {
        taken++;
      }
    }
    return taken;
  }

  /** Closes the users with the most unsent bytes while the waiting texts exceed their bound. */
  void shedTexts() {
    if (!texts.isOver()) {
      return;
    }
    List<WebSocketSession> holders =
        users.stream()
            .filter(session -> session.unsentBytes() > 0)
            .sorted(comparingLong(WebSocketSession::unsentBytes).reversed())
            .toList();
    // Users that are being closed come first: they have had their time.
    holders.stream()
        .filter(WebSocketSession::isClosing)
        .takeWhile(_ -> texts.isOver())
        .forEach(WebSocketSession::disconnect);
    holders.stream()
        .filter(session -> !session.isClosing())
        .takeWhile(_ -> texts.isOver())
        .forEach(WebSocketSession::shed);
    // Disconnecting also frees the texts in the users' channels.
    holders.stream().takeWhile(_ -> texts.isOver()).forEach(WebSocketSession::disconnect);
  }

  /**
   * Disconnects the users with the most unhandled bytes while unhandled requests exceed their
   * bound.
   */
  void shedRequests() {
    while (requestBytes.isOver()) {
      Optional<WebSocketSession> most =
          users.stream().max(comparingLong(WebSocketSession::requestBytes));
      if (most.isEmpty() || most.get().requestBytes() == 0) {
        return;
      }
      most.get().evict();
    }
  }

  /** Checks the heartbeat of every user. */
  void beat(long nowNanos) {
    for (WebSocketSession session : copy(users)) {
      session.beat(nowNanos);
    }
  }

  void disconnectAll() {
    for (WebSocketSession session : copy(users)) {
      session.disconnect();
    }
  }

  /** Closes all users, and accepts no more. */
  void closeAll(int code, String reason) {
    closing = true;
    for (WebSocketSession session : copy(users)) {
      session.close(code, reason);
    }
  }

  /** Returns the number of connected users, including those being closed. */
  int size() {
    return users.size();
  }

  /** Returns the number of rooms with a subscriber. */
  int roomCount() {
    return subscribers.size();
  }

  /** Returns a copy to iterate over: a user that is disconnected meanwhile leaves the set. */
  private static WebSocketSession[] copy(Collection<WebSocketSession> walked) {
    return walked.toArray(WebSocketSession[]::new);
  }
}
