package io.pushfanout.server;

import io.grpc.KnownLength;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.Rpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A request's bytes, as both calls, and as they come compressed. */
public final class RequestBytesFuzz implements FuzzTarget {
  private static final int MAX_SIZE = 4096;

  @Override
  public String name() {
    return "request-bytes";
  }

  @Override
  public void take(byte[] input) {
    for (Rpc rpc : Rpc.values()) {
      ParserComparison.verdict(rpc, input);
    }
    PayloadMarshaller marshaller = new PayloadMarshaller(Rpc.BROADCAST, MAX_SIZE);
    received(marshaller.parse(new Known(input)), input);
    received(marshaller.parse(new ByteArrayInputStream(input)), input);
    try {
      InputStream gunzipped = new GZIPInputStream(new ByteArrayInputStream(input));
      if (marshaller.parse(gunzipped) instanceof Received.Whole(var payload)) {
        Held.that(payload.size() <= MAX_SIZE, "larger than the limit", payload.size());
      }
    } catch (IOException _) {
      // No gzip: gRPC refuses it by itself.
    }
  }

  private static void received(Received received, byte[] input) {
    switch (received) {
      case Received.TooLarge _ -> Held.that(input.length > MAX_SIZE, "refused", input.length);
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
