package io.pushfanout.share;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue that parties take turns in: nobody waits for all that another party wants. Its length has
 * no bound. Not thread-safe.
 *
 * @param <T> the items that wait
 */
public final class PartyQueue<T> {
  /** Items in their order, of each party that has any; the party whose turn is next first. */
  private final Map<Object, Queue<T>> waiting = new LinkedHashMap<>();

  /**
   * Adds an item behind the party's own.
   *
   * @param party parties are told apart by being equal or not
   */
  public void add(Object party, T item) {
    waiting.computeIfAbsent(party, _ -> new ArrayDeque<>()).add(item);
  }

  /**
   * Removes the next item of the first party that may go on. The party's next turn comes after one
   * turn of each other party.
   *
   * @param mayGoOn is called once for each party, in turn, until it returns true
   * @return null where no party with an item may go on
   */
  public @Nullable T next(Predicate<Object> mayGoOn) {
    for (var turns = waiting.entrySet().iterator(); turns.hasNext(); ) {
      Map.Entry<Object, Queue<T>> turn = turns.next();
      Object party = turn.getKey();
      if (mayGoOn.test(party)) {
        Queue<T> items = turn.getValue();
        turns.remove();
        T item = items.remove();
        if (!items.isEmpty()) {
          waiting.put(party, items);
        }
        return item;
      }
    }
    return null;
  }
}
