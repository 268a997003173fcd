package io.pushfanout.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The response of {@code /api/v1/status}; unknown keys are ignored. */
record ServerStatus(boolean ready, String replica, List<Problem> problems, List<Fanout> fanouts) {

  /**
   * @param settings in the resource's format
   */
  record Fanout(
      String name, long generation, JsonObject settings, List<Problem> problems, List<Node> nodes) {

    private static Fanout of(JsonObject json) {
      return new Fanout(
          text(json, "name"),
          number(json, "generation"),
          value(json, "settings", JsonObject.class),
          list(json, "problems", Problem::of),
          list(json, "nodes", Node::of));
    }
  }

  record Problem(String node, String reason, String message) {
    private static Problem of(JsonObject json) {
      return new Problem(text(json, "node"), text(json, "reason"), text(json, "message"));
    }
  }

  /**
   * @param dropped for any reason
   */
  record Node(
      String address,
      String state,
      long queued,
      long queuedBytes,
      long inFlight,
      long workers,
      long enqueued,
      long delivered,
      long failed,
      long expired,
      long dropped) {

    private static Node of(JsonObject json) {
      JsonObject dropped = value(json, "dropped", JsonObject.class);
      return new Node(
          text(json, "address"),
          text(json, "state"),
          number(json, "queued"),
          number(json, "queuedBytes"),
          number(json, "inFlight"),
          number(json, "workers"),
          number(json, "enqueued"),
          number(json, "delivered"),
          number(json, "failed"),
          number(json, "expired"),
          dropped.fieldNames().stream().mapToLong(reason -> number(dropped, reason)).sum());
    }
  }

  /**
   * @throws IllegalArgumentException when the JSON has another structure; the message names the key
   */
  static ServerStatus of(JsonObject json) {
    return new ServerStatus(
        value(json, "ready", Boolean.class),
        text(json, "replica"),
        // Older servers have no such key.
        json.containsKey("problems") ? list(json, "problems", Problem::of) : List.of(),
        list(json, "fanouts", Fanout::of));
  }

  private static String text(JsonObject json, String key) {
    return value(json, key, String.class);
  }

  private static long number(JsonObject json, String key) {
    Number number = value(json, key, Number.class);
    if (!Double.isFinite(number.doubleValue())) {
      throw new IllegalArgumentException("\"" + key + "\" is too large a number");
    }
    return number.longValue();
  }

  private static <T> List<T> list(JsonObject json, String key, Function<JsonObject, T> item) {
    return value(json, key, JsonArray.class).stream()
        .map(element -> item.apply(cast(element, key, JsonObject.class)))
        .toList();
  }

  private static <T> T value(JsonObject json, String key, Class<T> type) {
    return cast(json.getValue(key), key, type);
  }

  private static <T> T cast(@Nullable Object value, String key, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("\"" + key + "\" is missing or of another type");
    }
    return type.cast(value);
  }
}
