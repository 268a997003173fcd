package io.pushfanout.server.guard;

import com.google.common.collect.ImmutableList;
import io.grpc.Metadata;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metadata of a call, as its headers have it. */
@FunctionalInterface
public interface CallMetadata {
  /**
   * Returns the values of a name, in their order; none without it.
   *
   * @param name in lower case
   */
  List<String> all(String name);

  /** Returns the name by which errors call an entry; its own, unless the caller knows another. */
  default String shown(String name) {
    return name;
  }

  /** Returns the last value of a name; null without one. */
  default @Nullable String last(String name) {
    List<String> values = all(name);
    return values.isEmpty() ? null : values.getLast();
  }

  /** Returns one name's values alone, which is less to keep than all headers. */
  default CallMetadata only(String kept) {
    List<String> values = List.copyOf(all(kept));
    return name -> name.equals(kept) ? values : List.of();
  }

  /** Returns the metadata of a call by gRPC's library. */
  static CallMetadata of(Metadata metadata) {
    return name -> {
      Iterable<String> values =
          metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      return values == null ? List.of() : ImmutableList.copyOf(values);
    };
  }

  /** Returns the metadata among a request's headers. */
  static CallMetadata of(Http2Headers headers) {
    return name -> headers.getAll(name).stream().map(CharSequence::toString).toList();
  }
}
