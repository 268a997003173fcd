package io.pushfanout.server;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a request's bytes, once, into the array that all queues will share.
 *
 * <p>It never throws: gRPC would answer UNKNOWN and log a stack trace for what is a caller's fault.
 */
final class PayloadMarshaller implements Marshaller<Received> {
  private final Rpc rpc;
  private final int maxSize;

  PayloadMarshaller(Rpc rpc, int maxSize) {
    this.rpc = rpc;
    this.maxSize = maxSize;
  }

  @Override
  public Received parse(InputStream stream) {
    try {
      byte[] bytes;
      if (stream instanceof KnownLength) {
        int size = stream.available();
        if (size > maxSize) {
          return new Received.TooLarge();
        }
        bytes = new byte[size];
        stream.readNBytes(bytes, 0, size);
      } else {
        // Decompressed as it is read: a small message may hide a huge one.
        bytes = stream.readNBytes(maxSize + 1);
        if (bytes.length > maxSize) {
          return new Received.TooLarge();
        }
      }
      return new Received.Whole(new Payload(rpc, bytes));
    } catch (IOException e) {
      return new Received.Broken("the message cannot be decompressed: " + e.getMessage());
    }
  }

  @Override
  public InputStream stream(Received value) {
    throw new UnsupportedOperationException("requests are only received");
  }
}
