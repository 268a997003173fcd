package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reader that assembles gRPC's length-prefixed messages from the pieces that arrive. The reader
 * holds at most one message, and of that no more than has arrived, rounded up to 4 KiB.
 */
final class MessageReader {
  private static final int FIRST_BYTES = 512;
  private static final int STEP_BYTES = 4096;
  private static final byte[] NOTHING = {};

  private final int maxBytes;
  private final byte[] prefix = new byte[MessageEncoder.PREFIX_BYTES];
  private int prefixRead;
  private int length;
  private byte[] message = NOTHING;
  private int messageRead;

  MessageReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Returns the next whole message; null when more bytes must come for one.
   *
   * @throws ProtocolException if the message is compressed, which no request allows, or too large
   */
  byte @Nullable [] next(ByteBuf data) throws ProtocolException {
    if (prefixRead < MessageEncoder.PREFIX_BYTES) {
      int missing = Math.min(MessageEncoder.PREFIX_BYTES - prefixRead, data.readableBytes());
      data.readBytes(prefix, prefixRead, missing);
      prefixRead += missing;
      if (prefixRead < MessageEncoder.PREFIX_BYTES) {
        return null;
      }
      length = length();
      message = new byte[Math.min(length, FIRST_BYTES)];
      messageRead = 0;
    }
    int missing = Math.min(length - messageRead, data.readableBytes());
    int needed = messageRead + missing;
    if (needed > message.length) {
      message =
          Arrays.copyOf(message, Math.min(length, Math.ceilDiv(needed, STEP_BYTES) * STEP_BYTES));
    }
    data.readBytes(message, messageRead, missing);
    messageRead = needed;
    if (messageRead < length) {
      return null;
    }
    byte[] whole = message;
    message = NOTHING;
    prefixRead = 0;
    return whole;
  }

  /** Returns the bytes held for the message under way. */
  int heldBytes() {
    return message.length;
  }

  private int length() throws ProtocolException {
    if (prefix[0] != 0) {
      throw new ProtocolException("its message is compressed");
    }
    long announced = 0;
    for (int i = 1; i < MessageEncoder.PREFIX_BYTES; i++) {
      announced = (announced << 8) | (prefix[i] & 0xFF);
    }
    if (announced > maxBytes) {
      throw new ProtocolException("its message of %d bytes is too large".formatted(announced));
    }
    return (int) announced;
  }
}
