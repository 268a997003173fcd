package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The envelope of a stream whose bytes come in parts; the array that holds them counts. */
final class PartialEnvelope {
  /** Bytes of the first array: unread bytes take no memory. */
  private static final int FIRST_BYTES = 16 << 10;

  private final InboundMessageBudget budget;
  private final Party party;

  /** The bytes so far; null without any. */
  private byte @Nullable [] part;

  private int size;
  private long counted;

  PartialEnvelope(InboundMessageBudget budget, Party party) {
    this.budget = budget;
    this.party = party;
  }

  /** Returns whether no part has come. */
  boolean isEmpty() {
    return part == null;
  }

  /**
   * Adds the next bytes.
   *
   * @param most bytes that the envelope still has
   * @return their number; below 0 when the budget has no room for them
   */
  int add(ByteBuf data, long most) {
    int bytes = (int) Math.min(most, data.readableBytes());
    byte[] into = part == null ? new byte[0] : part;
    if (size + bytes > into.length) {
      long whole = size + most;
      int length =
          (int) Math.min(whole, Math.max(FIRST_BYTES, Math.max(size + bytes, 2L * into.length)));
      if (!budget.tryTake(party, length - into.length)) {
        return -1;
      }
      counted += length - into.length;
      into = Arrays.copyOf(into, length);
      part = into;
    }
    data.readBytes(into, size, bytes);
    size += bytes;
    return bytes;
  }

  /** Returns the bytes, which count no longer. */
  ByteBuf take() {
    ByteBuf whole = part == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(part, 0, size);
    release();
    return whole;
  }

  /** Gives back the memory. */
  void release() {
    if (counted > 0) {
      budget.giveBack(party, counted);
      counted = 0;
    }
    part = null;
    size = 0;
  }
}
