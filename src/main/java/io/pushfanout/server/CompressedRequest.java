package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.EnvelopeReader.Unreadable;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import org.jspecify.annotations.Nullable;

/** A compressed request of a stream, which is inflated as a whole. */
final class CompressedRequest {
  private static final int PREFIX_BYTES = 5;

  private final int maxBytes;
  private final InboundMessageBudget budget;
  private final Party party;
  private final CallStatus tooLarge;
  private @Nullable RequestBody body;

  /**
   * @param maxBytes most bytes of a request after decompression
   * @param tooLarge the refusal of a larger one
   */
  CompressedRequest(int maxBytes, InboundMessageBudget budget, Party party, CallStatus tooLarge) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    this.party = party;
    this.tooLarge = tooLarge;
  }

  /** Returns whether no request takes memory. */
  boolean isEmpty() {
    return body == null;
  }

  /**
   * Begins a request.
   *
   * @param size compressed bytes
   */
  void begin(int size) throws Unreadable {
    RequestBody next = new RequestBody(maxBytes, true, budget, party);
    body = next;
    add(next, Unpooled.buffer(PREFIX_BYTES).writeByte(1).writeInt(size));
  }

  /**
   * Adds the next bytes. Returns the inflated request, whose bytes count until {@link #release}: a
   * message that is held may be the first; null until it is whole.
   */
  @Nullable ByteBuf add(ByteBuf data) throws Unreadable {
    RequestBody whole = body;
    if (whole == null) {
      throw new IllegalStateException("no compressed request");
    }
    add(whole, data);
    if (!whole.isWhole()) {
      return null;
    }
    return switch (whole.result()) {
      case RequestBody.Result.Message message -> Unpooled.wrappedBuffer(message.bytes);
      case RequestBody.Result.Refused(RequestBody.Fault fault) -> throw unreadable(fault);
      case RequestBody.Result.Broken(String why) ->
          throw new Unreadable(CallStatus.of(StatusCode.INVALID_ARGUMENT, why));
      case RequestBody.Result.None() -> throw new IllegalStateException("no prefix");
    };
  }

  private void add(RequestBody whole, ByteBuf data) throws Unreadable {
    RequestBody.Fault fault = whole.add(data);
    if (fault != null) {
      throw unreadable(fault);
    }
  }

  private Unreadable unreadable(RequestBody.Fault fault) {
    return new Unreadable(
        switch (fault) {
          case RequestBody.Fault.TooLarge() -> tooLarge;
          case RequestBody.Fault.NoRoom() -> CallStatus.of(budget.refusal());
          case RequestBody.Fault.Malformed broken -> broken.status;
        });
  }

  /** Gives back the memory. */
  void release() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
