package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Puts gRPC's length-prefixed messages together from the pieces that they come in. Never more than
 * one message is held.
 */
final class MessageReader {
  private final int maxBytes;
  private final byte[] prefix = new byte[MessagePrefix.BYTES];
  private int prefixRead;
  private byte @Nullable [] message;
  private int messageRead;

  MessageReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * The next whole message; null when more bytes must come for one.
   *
   * @throws BadAnswer when it is compressed, which was not asked for, or too large
   */
  byte @Nullable [] next(ByteBuf data) throws BadAnswer {
    byte[] current = message;
    if (current == null) {
      int missing = Math.min(MessagePrefix.BYTES - prefixRead, data.readableBytes());
      data.readBytes(prefix, prefixRead, missing);
      prefixRead += missing;
      if (prefixRead < MessagePrefix.BYTES) {
        return null;
      }
      current = new byte[length()];
      message = current;
      messageRead = 0;
    }
    int missing = Math.min(current.length - messageRead, data.readableBytes());
    data.readBytes(current, messageRead, missing);
    messageRead += missing;
    if (messageRead < current.length) {
      return null;
    }
    message = null;
    prefixRead = 0;
    return current;
  }

  private int length() throws BadAnswer {
    if (prefix[0] != 0) {
      throw new BadAnswer("its message is compressed");
    }
    long length = 0;
    for (int i = 1; i < MessagePrefix.BYTES; i++) {
      length = (length << 8) | (prefix[i] & 0xFF);
    }
    if (length > maxBytes) {
      throw new BadAnswer("its message of %d bytes is too large".formatted(length));
    }
    return (int) length;
  }
}
