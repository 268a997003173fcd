package io.pushfanout.node;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is connected, being closed or not, and who subscribed to which room. A room exists while it
 * has a subscriber.
 *
 * <p>Only for the node's event loop: that is what makes it safe without a lock.
 */
final class Rooms {
  private final Set<User> users = new HashSet<>();
  private final Map<String, Set<User>> subscribers = new HashMap<>();

  void join(User user) {
    users.add(user);
  }

  /** Forgets the user; its rooms are for the user to unsubscribe. */
  void leave(User user) {
    users.remove(user);
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
    int taken = 0;
    for (User user : copy(room.isEmpty() ? users : subscribers.getOrDefault(room, Set.of()))) {
      if (user.send(text)) {
        taken++;
      }
    }
    return taken;
  }

  void disconnectAll() {
    for (User user : copy(users)) {
      user.disconnect();
    }
  }

  void closeAll(int code, String reason) {
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
