package io.pushfanout.server;

import com.google.common.collect.ObjectArrays;
import io.pushfanout.model.Rpc;
import java.util.function.Consumer;

/**
 * A conversation of a caller, right or wrong, for {@link TransportsTest}.
 *
 * @param awaited a stream that must end; 0 without one
 */
record TransportCase(String name, Consumer<RequestFrames> script, int awaited) {
  static final int MAX_MESSAGE = 4096;
  static final String BROADCAST = Rpc.BROADCAST.path();
  static final String CHECK = "/grpc.health.v1.Health/Check";
  static final String WATCH = "/grpc.health.v1.Health/Watch";
  static final String REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  static final String ALPHA = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

  static String[] fields(String path, String... more) {
    String[] usual = {
      ":method", "POST",
      ":scheme", "http",
      ":path", path,
      ":authority", "push:50053",
      "te", "trailers",
      "content-type", "application/grpc"
    };
    return ObjectArrays.concat(usual, more, String.class);
  }

  static TransportCase conversation(String name, Consumer<RequestFrames> script) {
    return new TransportCase(name, script, 0);
  }

  /** Returns a call with these header fields and a whole valid message. */
  static TransportCase called(String name, String... fields) {
    return conversation(
        name,
        frames ->
            frames
                .headers(1, false, fields)
                .data(1, true, RequestFrames.message(0, Requests.broadcast())));
  }

  /** Returns a call that its headers end. */
  static TransportCase begun(String name, String... fields) {
    return conversation(name, frames -> frames.headers(1, true, fields));
  }

  /** Returns a call of the method with this body. */
  static TransportCase sent(String name, String path, byte[] body, String... metadata) {
    return conversation(
        name, frames -> frames.headers(1, false, fields(path, metadata)).data(1, true, body));
  }

  @Override
  public String toString() {
    return name;
  }
}
