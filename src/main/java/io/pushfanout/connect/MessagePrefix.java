package io.pushfanout.connect;

/**
 * The prefix of a message in gRPC: not compressed, and its length (grpc/doc/PROTOCOL-HTTP2.md,
 * "Length-Prefixed-Message").
 */
final class MessagePrefix {
  static final int BYTES = 5;

  private MessagePrefix() {}

  /** Writes the prefix to the first bytes. */
  static void write(byte[] to, int messageBytes) {
    to[0] = 0;
    to[1] = (byte) (messageBytes >>> 24);
    to[2] = (byte) (messageBytes >>> 16);
    to[3] = (byte) (messageBytes >>> 8);
    to[4] = (byte) messageBytes;
  }
}
