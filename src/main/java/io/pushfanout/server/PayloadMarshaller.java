package io.pushfanout.server;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.guard.MessageSizeInterceptor;
import io.pushfanout.text.Causes;
import java.io.IOException;
import java.io.InputStream;

/**
 * A marshaller that reads a request's bytes, once, into the array that all queues will share.
 *
 * <p>The bytes are no more than about the limit: {@link MessageSizeInterceptor} ensures it, and
 * drops a message above it afterwards.
 *
 * <p>Parsing never throws: gRPC would reply UNKNOWN and log a stack trace for a fault of the
 * caller.
 */
final class PayloadMarshaller implements Marshaller<PayloadMarshaller.Received> {
  private final Rpc rpc;

  PayloadMarshaller(Rpc rpc) {
    this.rpc = rpc;
  }

  @Override
  public Received parse(InputStream stream) {
    try {
      byte[] bytes;
      if (stream instanceof KnownLength) {
        bytes = new byte[stream.available()];
        stream.readNBytes(bytes, 0, bytes.length);
      } else {
        bytes = stream.readAllBytes();
      }
      return new Received.Whole(new Payload(rpc, bytes));
    } catch (IOException e) {
      return new Received.Broken("the message cannot be decompressed: " + Causes.text(e));
    }
  }

  @Override
  public InputStream stream(Received value) {
    throw new UnsupportedOperationException("requests are only received");
  }

  /** The one message of a call, as received. */
  sealed interface Received {
    /** A whole message, not parsed yet. */
    record Whole(Payload payload) implements Received {}

    /** A message whose bytes cannot be decompressed. */
    record Broken(String why) implements Received {}
  }
}
