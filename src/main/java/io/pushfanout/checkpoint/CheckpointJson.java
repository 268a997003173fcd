package io.pushfanout.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pushfanout.json.Json;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
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
import java.util.stream.Collectors;

/**
 * The JSON format of the files. A file may come from another version, or from a stranger: it is
 * accepted as a whole, or rejected by an {@link IllegalArgumentException} with a message of one
 * line.
 */
final class CheckpointJson {
  private static final int VERSION = 1;

  /**
   * Largest number of items: more than the nodes read of a service, and the resources of a cluster.
   */
  private static final int MAX_ITEMS = 200_000;

  private record ResourcesFile(int version, String asOf, String scope, List<Fanout> fanouts) {}

  private record Fanout(long generation, String created, Map<String, Object> resource) {}

  private record NodesFile(int version, String asOf, String service, List<String> nodes) {}

  private final Function<String, FanoutSpec> specs;

  /**
   * @param specs parses a resource's JSON by all rules of the resource; throws an {@link
   *     IllegalArgumentException} if one is broken
   */
  CheckpointJson(Function<String, FanoutSpec> specs) {
    this.specs = specs;
  }

  static byte[] writeResources(String scope, Checkpoint<List<FanoutSpec>> saved) {
    List<Fanout> fanouts =
        saved.value().stream()
            .map(
                spec ->
                    new Fanout(
                        spec.generation(), spec.created().toString(), SpecJson.resource(spec)))
            .toList();
    return bytes(new ResourcesFile(VERSION, saved.asOf().toString(), scope, fanouts));
  }

  /** Reads the specs, and the scope of their resources. */
  Map.Entry<String, Checkpoint<List<FanoutSpec>>> readResources(byte[] file) {
    ResourcesFile read = read(file, ResourcesFile.class);
    checkSize("fanouts", read.fanouts());
    List<FanoutSpec> all = new ArrayList<>();
    Set<FanoutName> names = new HashSet<>();
    for (Fanout fanout : read.fanouts()) {
      FanoutSpec spec = spec(fanout);
      if (!names.add(spec.name())) {
        throw new IllegalArgumentException(spec.name() + " is there twice");
      }
      all.add(spec);
    }
    return Map.entry(
        read.scope(), new Checkpoint<>(instant("asOf", read.asOf()), List.copyOf(all)));
  }

  private FanoutSpec spec(Fanout fanout) {
    // The JSON is escaped, because YAML does not accept every character of JSON.
    FanoutSpec read = specs.apply(Json.pretty(fanout.resource()));
    return new FanoutSpec(
        read.name(),
        fanout.generation(),
        instant("created", fanout.created()),
        read.settings(),
        read.overrides(),
        read.discovery());
  }

  static byte[] writeNodes(String service, Checkpoint<Set<NodeAddress>> saved) {
    return bytes(
        new NodesFile(VERSION, saved.asOf().toString(), service, SpecJson.texts(saved.value())));
  }

  /**
   * Reads the nodes, and the name or prefix of their service.
   *
   * @param expected returns whether the file may be of that service
   */
  static Map.Entry<String, Checkpoint<Set<NodeAddress>>> readNodes(
      Predicate<String> expected, byte[] file) {
    NodesFile read = read(file, NodesFile.class);
    if (!expected.test(read.service())) {
      throw new IllegalArgumentException("is of another service");
    }
    checkSize("nodes", read.nodes());
    Set<NodeAddress> nodes =
        read.nodes().stream().map(NodeAddress::parse).collect(Collectors.toUnmodifiableSet());
    return Map.entry(read.service(), new Checkpoint<>(instant("asOf", read.asOf()), nodes));
  }

  /** Returns the text, escaped: users view it in terminals, which would obey control characters. */
  private static byte[] bytes(Object file) {
    return (Json.pretty(file) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static <T> T read(byte[] file, Class<T> type) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8", e);
    }
    ObjectNode json =
        Json.object(text)
            .orElseThrow(() -> new IllegalArgumentException("is not the JSON of an object"));
    JsonNode version = json.get("version");
    if (version == null || !version.isInt() || version.intValue() != VERSION) {
      throw new IllegalArgumentException(
          "is of version %s, and not %d".formatted(version, VERSION));
    }
    return Json.read(json, type);
  }

  private static void checkSize(String key, List<?> items) {
    if (items.size() > MAX_ITEMS) {
      throw new IllegalArgumentException("\"%s\" has more than %d items".formatted(key, MAX_ITEMS));
    }
  }

  private static Instant instant(String key, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("\"" + key + "\" is no time", e);
    }
  }
}
