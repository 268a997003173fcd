package io.pushfanout.checkpoint;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Printable;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The JSON format of the files. A file may come from another version, or from a stranger: it is
 * accepted as a whole, or rejected by an {@link IllegalArgumentException} with a message of one
 * line.
 */
final class CheckpointJson {
  private static final String VERSION = "version";
  private static final int CURRENT_VERSION = 1;

  /**
   * Largest number of items: more than the nodes read of a service, and the resources of a cluster.
   */
  private static final int MAX_ITEMS = 200_000;

  private final Function<String, FanoutSpec> specs;

  /**
   * @param specs parses a resource's JSON by all rules of the resource; throws an {@link
   *     IllegalArgumentException} if one is broken
   */
  CheckpointJson(Function<String, FanoutSpec> specs) {
    this.specs = specs;
  }

  static byte[] write(String scope, Checkpoint<List<FanoutSpec>> resources) {
    JsonArray fanouts = new JsonArray();
    for (FanoutSpec spec : resources.value()) {
      fanouts.add(
          new JsonObject()
              .put("generation", spec.generation())
              .put("created", spec.created().toString())
              .put("resource", SpecJson.resource(spec)));
    }
    return bytes(
        new JsonObject()
            .put(VERSION, CURRENT_VERSION)
            .put("asOf", resources.asOf().toString())
            .put("scope", scope)
            .put("fanouts", fanouts));
  }

  /** Reads the specs, and the scope of their resources. */
  Map.Entry<String, Checkpoint<List<FanoutSpec>>> readResources(byte[] file) {
    JsonObject json = json(file);
    List<FanoutSpec> all = new ArrayList<>();
    Set<FanoutName> names = new HashSet<>();
    for (Object item : array(json, "fanouts")) {
      FanoutSpec spec = spec(cast(item, "fanouts", JsonObject.class));
      if (!names.add(spec.name())) {
        throw new IllegalArgumentException(spec.name() + " is there twice");
      }
      all.add(spec);
    }
    return Map.entry(
        text(json, "scope"), new Checkpoint<>(instant(json, "asOf"), List.copyOf(all)));
  }

  private FanoutSpec spec(JsonObject item) {
    Object generation = item.getValue("generation");
    if (!(generation instanceof Integer || generation instanceof Long)) {
      throw new IllegalArgumentException("\"generation\" is missing or no whole number");
    }
    // The JSON is escaped, because YAML does not accept every character of JSON.
    String resource = Printable.json(value(item, "resource", JsonObject.class).encode());
    FanoutSpec read = specs.apply(resource);
    return new FanoutSpec(
        read.name(),
        ((Number) generation).longValue(),
        instant(item, "created"),
        read.settings(),
        read.overrides(),
        read.discovery());
  }

  static byte[] writeNodes(String service, Checkpoint<Set<NodeAddress>> saved) {
    JsonArray nodes = new JsonArray();
    saved.value().stream().sorted().map(NodeAddress::toString).forEach(nodes::add);
    return bytes(
        new JsonObject()
            .put(VERSION, CURRENT_VERSION)
            .put("asOf", saved.asOf().toString())
            .put("service", service)
            .put("nodes", nodes));
  }

  /**
   * Reads the nodes, and the name or prefix of their service.
   *
   * @param expected returns whether the file may be of that service
   */
  static Map.Entry<String, Checkpoint<Set<NodeAddress>>> readNodes(
      Predicate<String> expected, byte[] file) {
    JsonObject json = json(file);
    String service = text(json, "service");
    if (!expected.test(service)) {
      throw new IllegalArgumentException("is of another service");
    }
    Set<NodeAddress> nodes = new HashSet<>();
    array(json, "nodes").forEach(n -> nodes.add(NodeAddress.parse(cast(n, "nodes", String.class))));
    return Map.entry(service, new Checkpoint<>(instant(json, "asOf"), Set.copyOf(nodes)));
  }

  private static byte[] bytes(JsonObject json) {
    // The JSON is escaped: users view it in terminals, which would obey control characters.
    return (Printable.json(json.encodePrettily()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static JsonObject json(byte[] file) {
    JsonObject json;
    try {
      json =
          new JsonObject(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8", e);
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("is not the JSON of an object", e);
    }
    Object version = json.getValue(VERSION);
    if (!Integer.valueOf(CURRENT_VERSION).equals(version)) {
      throw new IllegalArgumentException(
          "is of version %s, and not %d".formatted(version, CURRENT_VERSION));
    }
    return json;
  }

  private static Iterable<Object> array(JsonObject json, String key) {
    JsonArray array = value(json, key, JsonArray.class);
    if (array.size() > MAX_ITEMS) {
      throw new IllegalArgumentException("\"%s\" has more than %d items".formatted(key, MAX_ITEMS));
    }
    return array;
  }

  private static Instant instant(JsonObject json, String key) {
    try {
      return Instant.parse(text(json, key));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("\"" + key + "\" is no time", e);
    }
  }

  private static String text(JsonObject json, String key) {
    return value(json, key, String.class);
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
