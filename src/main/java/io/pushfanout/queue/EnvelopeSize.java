package io.pushfanout.queue;

import io.pushfanout.model.Payload;

/** The size of a message in a request of a delivery stream. */
public final class EnvelopeSize {
  /** Bytes that a message takes at most beside its own bytes, its metadata and its {@code via}. */
  public static final int OVERHEAD_BYTES = 12;

  /**
   * Bytes of the largest envelope on a stream; a message with a larger one goes by a call. The
   * bound of gRPC itself for a message is 4 MiB, and a node that takes the message may not take the
   * envelope.
   */
  static final int MAX_BYTES = 4 << 20;

  private EnvelopeSize() {}

  /** Returns the bytes that the message takes in a request, at most. */
  public static long bytes(Payload payload) {
    return (long) payload.size() + payload.envelopeFields().length + OVERHEAD_BYTES;
  }
}
