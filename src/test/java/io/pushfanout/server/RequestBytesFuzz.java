package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Decompressor;
import io.grpc.KnownLength;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.PayloadMarshaller.Received;
import io.pushfanout.server.guard.MessageSizeInterceptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A fuzz target for a request's bytes, as both calls, and as compressed bytes. */
public final class RequestBytesFuzz implements FuzzTarget {
  private static final int MAX_SIZE = 4096;

  private static final Decompressor GZIP =
      requireNonNull(MessageSizeInterceptor.decompressors(MAX_SIZE).lookupDecompressor("gzip"));

  @Override
  public String name() {
    return "request-bytes";
  }

  @Override
  public void take(byte[] input) {
    for (Rpc rpc : Rpc.values()) {
      ParserComparison.verdict(rpc, input);
    }
    PayloadMarshaller marshaller = new PayloadMarshaller(Rpc.BROADCAST);
    received(marshaller.parse(new Known(input)), input);
    received(marshaller.parse(new ByteArrayInputStream(input)), input);
    try {
      InputStream gunzipped = GZIP.decompress(new ByteArrayInputStream(input));
      if (marshaller.parse(gunzipped) instanceof Received.Whole(var payload)) {
        Held.that(payload.size() <= MAX_SIZE + 1, "larger than the limit", payload.size());
      }
    } catch (IOException _) {
      // Bytes that are no gzip are refused by gRPC itself.
    }
  }

  private static void received(Received received, byte[] input) {
    switch (received) {
      case Received.Whole(var payload) ->
          Held.that(Arrays.equals(payload.bytes(), input), "other bytes");
      case Received.Broken(String problem) -> throw new AssertionError(problem);
    }
  }

  private static final class Known extends ByteArrayInputStream implements KnownLength {
    Known(byte[] bytes) {
      super(bytes);
    }
  }
}
