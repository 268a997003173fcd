package io.pushfanout.server;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.pushfanout.model.Causes;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.guard.MessageSizeInterceptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a request's bytes, once, into the array that all queues will share.
 *
 * <p>There are no more than about the limit: {@link MessageSizeInterceptor} has seen to it, and
 * drops what is over it afterwards.
 *
 * <p>It never throws: gRPC would answer UNKNOWN and log a stack trace for what is a caller's fault.
 */
final class PayloadMarshaller implements Marshaller<Received> {
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
}
