package io.pushfanout.share;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue whose parties take turns, so that no party waits for all items of another party. Its
 * length has no bound. Not thread-safe.
 *
 * @param <T> the items that wait
 */
public final class PartyQueue<T> {
  /** Items in their order, by party; the party with the next turn is first. */
  private final Map<Object, Queue<T>> waiting = new LinkedHashMap<>();

  /**
   * Adds an item behind the party's own items.
   *
   * @param party key of the turns, compared by {@code equals}
   */
  public void add(Object party, T item) {
    waiting.computeIfAbsent(party, _ -> new ArrayDeque<>()).add(item);
  }

  /**
   * Removes the next item of the first party that may proceed. The party's next turn comes after
   * one turn of each other party.
   *
   * @param mayProceed called once for each party, in the order of turns, until it returns true
   * @return null when no party with an item may proceed
   */
  public @Nullable T next(Predicate<Object> mayProceed) {
    for (var turns = waiting.entrySet().iterator(); turns.hasNext(); ) {
      Map.Entry<Object, Queue<T>> turn = turns.next();
      Object party = turn.getKey();
      if (mayProceed.test(party)) {
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
