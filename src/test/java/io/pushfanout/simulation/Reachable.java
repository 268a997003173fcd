package io.pushfanout.simulation;

import io.pushfanout.queue.QueuedMessage;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The bytes and objects that an object of this program keeps alive: those of the engine, its
 * connections and their HTTP/2, by any chain of references.
 */
final class Reachable {
  private static final List<String> OURS =
      List.of("io.pushfanout.connect.", "io.pushfanout.http2.", "io.pushfanout.fanout.");
  private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> todo = new ArrayDeque<>();
  private long bytes;
  private long objects;

  private Reachable() {}

  /**
   * @param shared arrays counted elsewhere, by identity
   */
  static Reachable from(Object root, Set<byte[]> shared) {
    Reachable all = new Reachable();
    all.seen.addAll(shared);
    all.add(root);
    while (!all.todo.isEmpty()) {
      all.visit(all.todo.remove());
    }
    return all;
  }

  /** Returns the bytes of all byte arrays. */
  long bytes() {
    return bytes;
  }

  /** Returns the number of objects of this program. */
  long objects() {
    return objects;
  }

  private void add(Object object) {
    // Messages in queues are in the memory budget.
    if (object != null && !(object instanceof QueuedMessage) && seen.add(object)) {
      todo.add(object);
    }
  }

  private void visit(Object object) {
    switch (object) {
      case byte[] array -> bytes += array.length;
      case Object[] array -> {
        for (Object each : array) {
          add(each);
        }
      }
      case Map<?, ?> map ->
          map.forEach(
              (key, value) -> {
                add(key);
                add(value);
              });
      case Iterable<?> all -> all.forEach(this::add);
      case AtomicReference<?> reference -> add(reference.get());
      default -> {
        if (OURS.stream().anyMatch(object.getClass().getName()::startsWith)) {
          objects++;
          fields(object.getClass()).forEach(field -> add(value(field, object)));
        }
      }
    }
  }

  private static List<Field> fields(Class<?> type) {
    return FIELDS.computeIfAbsent(
        type,
        _ -> {
          List<Field> fields = new ArrayList<>();
          for (Class<?> c = type; c != null && c.getName().startsWith("io.pushfanout"); ) {
            for (Field field : c.getDeclaredFields()) {
              if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                fields.add(field);
              }
            }
            c = c.getSuperclass();
          }
          return fields;
        });
  }

  @SuppressWarnings("NullAway") // a field may hold null, which add() takes
  private static Object value(Field field, Object of) {
    try {
      return field.get(of);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
