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
 * Who is connected, being closed or not, and who subscribed to which room. A room exists while it
 * has a subscriber.
 *
 * <p>Only for the node's event loop: that is what makes it safe without a lock.
 */
final class Rooms {
  private static final int SUBSCRIPTION_COST = 320;

  private final Set<User> users = new HashSet<>();
  private final Map<String, Set<User>> subscribers = new HashMap<>();
  private final UserLimits limits;
  private final TextMemory texts;
  private final HeapShare roomBytes;
  private final HeapShare requestBytes;
  private final LogLimit lines = new LogLimit(100, System::nanoTime);
  private Runnable whenEmpty = () -> {};
  private boolean closing;

  Rooms(UserLimits limits) {
    this.limits = limits;
    this.texts = new TextMemory(limits.textBytes());
    this.roomBytes = new HeapShare(limits.roomBytes());
    this.requestBytes = new HeapShare(limits.requestBytes());
  }

  /** Whether one more user may not join. */
  boolean isFull() {
    return closing || users.size() >= limits.maxSockets() || texts.isOver();
  }

  UserLimits limits() {
    return limits;
  }

  /** The memory of texts, for any thread. */
  TextMemory texts() {
    return texts;
  }

  /** Of the log, about all users. */
  LogLimit lines() {
    return lines;
  }

  /** What subscriptions take of the heap. */
  HeapShare roomBytes() {
    return roomBytes;
  }

  /** What users have sent and what is not handled yet. */
  HeapShare requestBytes() {
    return requestBytes;
  }

  /** About what a subscription takes of the heap, when the room has no other subscriber. */
  static long cost(String room) {
    return SUBSCRIPTION_COST + 2L * room.length();
  }

  void join(User user) {
    users.add(user);
  }

  /** Forgets the user; its rooms are for the user to unsubscribe. */
  void leave(User user) {
    users.remove(user);
    if (users.isEmpty()) {
      whenEmpty.run();
    }
  }

  /** Runs it when the last user has left; now if there is none. */
  void whenEmpty(Runnable then) {
    whenEmpty = then;
    if (users.isEmpty()) {
      then.run();
    }
  }

  void subscribe(User user, String room) {
    subscribers.computeIfAbsent(room, _ -> new HashSet<>()).add(user);
  }

  void unsubscribe(User user, String room) {
    subscribers.computeIfPresent(
        room,
        (_, left) -> {
          left.remove(user);
          return left.isEmpty() ? null : left;
        });
  }

  /**
   * Hands the text to the room's subscribers, or to everyone when the room is empty.
   *
   * @return how many users took it
   */
  int deliver(String room, SharedText text) {
    shedTexts();
    int taken = 0;
    for (User user : copy(room.isEmpty() ? users : subscribers.getOrDefault(room, Set.of()))) {
      if (user.send(text)) {
        taken++;
      }
    }
    return taken;
  }

  /** While too much waits for all together, those go who hold most. */
  void shedTexts() {
    if (!texts.isOver()) {
      return;
    }
    List<User> holders =
        users.stream()
            .filter(user -> user.unsentBytes() > 0)
            .sorted(comparingLong(User::unsentBytes).reversed())
            .toList();
    // Whoever is being cut has been given its time.
    holders.stream()
        .filter(User::isClosing)
        .takeWhile(_ -> texts.isOver())
        .forEach(User::disconnect);
    holders.stream()
        .filter(user -> !user.isClosing())
        .takeWhile(_ -> texts.isOver())
        .forEach(User::shed);
    // What lies in their channels, too.
    holders.stream().takeWhile(_ -> texts.isOver()).forEach(User::disconnect);
  }

  /** While users have sent too much that is not handled, those go who have sent most. */
  void shedRequests() {
    while (requestBytes.isOver()) {
      Optional<User> most = users.stream().max(comparingLong(User::requestBytes));
      if (most.isEmpty() || most.get().requestBytes() == 0) {
        return;
      }
      most.get().evict();
    }
  }

  /** Looks at time for all users. */
  void beat(long nowNanos) {
    for (User user : copy(users)) {
      user.beat(nowNanos);
    }
  }

  void disconnectAll() {
    for (User user : copy(users)) {
      user.disconnect();
    }
  }

  /** Closes all, and takes no more. */
  void closeAll(int code, String reason) {
    closing = true;
    for (User user : copy(users)) {
      user.close(code, reason);
    }
  }

  /** How many users are connected, those being closed included. */
  int size() {
    return users.size();
  }

  /** How many rooms have a subscriber. */
  int roomCount() {
    return subscribers.size();
  }

  /** A user who is cut while the set is walked leaves it. */
  private static User[] copy(Collection<User> walked) {
    return walked.toArray(User[]::new);
  }
}
