package io.pushfanout.http;

import io.pushfanout.json.BroadcastItem;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a broadcast by HTTP: fields of its JSON stand for those of gRPC; credentials, the
 * processes passed through and the place in a trace are headers of the request.
 */
record ItemMetadata(@Nullable BroadcastItem item, MultiMap headers) implements CallMetadata {
  private static final Map<String, String> FIELDS =
      Map.of(
          CallTarget.TARGET, "target",
          CallTarget.NODES, "nodes",
          CallTarget.WAIT, "wait",
          MessageMetadata.MESSAGE_ID, "messageId");

  private static final Set<String> HEADERS =
      Set.of(Via.METADATA, MessageMetadata.TRACEPARENT, "authorization");

  /** Returns the metadata of a request before its body is read. */
  static CallMetadata of(MultiMap headers) {
    return new ItemMetadata(null, headers);
  }

  @Override
  public List<String> all(String name) {
    if (!FIELDS.containsKey(name)) {
      return HEADERS.contains(name) ? headers.getAll(name) : List.of();
    }
    return item == null ? List.of() : listOf(field(item, name));
  }

  private static @Nullable String field(BroadcastItem item, String name) {
    return switch (name) {
      case CallTarget.TARGET -> item.target();
      case CallTarget.WAIT -> item.waitFor();
      case MessageMetadata.MESSAGE_ID -> item.messageId();
      default -> item.nodes() == null ? null : String.join(",", item.nodes());
    };
  }

  private static List<String> listOf(@Nullable String value) {
    return value == null ? List.of() : List.of(value);
  }

  @Override
  public String shown(String name) {
    return FIELDS.getOrDefault(name, name);
  }
}
