package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.util.ArrayDeque;
import java.util.Deque;

/** The bytes of a stream that wait, which count like those of incomplete messages. */
final class UnreadBytes {
  /** Bytes of the first array of a part: it takes the small fragments that follow. */
  private static final int PART_BYTES = 1 << 10;

  private final InboundMessageBudget budget;
  private final Party party;
  private final Deque<ByteBuf> parts = new ArrayDeque<>();
  private long counted;

  UnreadBytes(InboundMessageBudget budget, Party party) {
    this.budget = budget;
    this.party = party;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Adds bytes. Returns false when the budget has no room for them. */
  boolean add(ByteBuf data) {
    int size = data.readableBytes();
    if (!budget.tryTake(party, size)) {
      return false;
    }
    counted += size;
    ByteBuf last = parts.peekLast();
    if (last == null || last.writableBytes() < size) {
      last = Unpooled.buffer(Math.max(size, PART_BYTES));
      parts.add(last);
    }
    last.writeBytes(data);
    return true;
  }

  /** Returns the first part; empty without any. */
  ByteBuf first() {
    return parts.isEmpty() ? Unpooled.EMPTY_BUFFER : parts.element();
  }

  /** Follows bytes that were taken from the first part. */
  void took(int bytes) {
    budget.giveBack(party, bytes);
    counted -= bytes;
    if (!parts.isEmpty() && !parts.element().isReadable()) {
      parts.remove();
    }
  }

  /** Gives back the memory of all bytes. */
  void release() {
    parts.clear();
    if (counted > 0) {
      budget.giveBack(party, counted);
      counted = 0;
    }
  }
}
