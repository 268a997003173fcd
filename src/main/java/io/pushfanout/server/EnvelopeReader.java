package io.pushfanout.server;

import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.server.EnvelopeParser.PublishItem;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the envelopes of a stream of {@code PublishRequest}s, while their bytes arrive. It
 * holds one incomplete envelope at a time, however large a request is. For the connection's loop
 * only.
 */
final class EnvelopeReader {
  private static final int PREFIX_BYTES = 5;
  private static final int VARINT_BYTES = 10;
  private static final int ENVELOPES =
      PublishRequest.ENVELOPES_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** Bytes of an envelope beside its request: the id, the list of processes, unknown fields. */
  private static final int AROUND_BYTES = 8 << 10;

  /** Bytes of a compressed request that every server of gRPC takes by default. */
  private static final int COMPRESSED_BYTES = 4 << 20;

  /** A fault after which the rest of the stream cannot be read. */
  static final class Unreadable extends Exception {
    private final transient CallStatus status;

    Unreadable(CallStatus status) {
      super(null, null, false, false);
      this.status = status;
    }

    CallStatus status() {
      return status;
    }
  }

  private enum State {
    /** Before or within gRPC's prefix of a request. */
    PREFIX,
    /** Before or within the tag of a field. */
    TAG,
    /** Within the length of a field. */
    LENGTH,
    /** Within a number that is skipped. */
    NUMBER,
    ENVELOPE,
    /** Within bytes that are skipped. */
    SKIPPED,
    /** Within a compressed request, which is taken apart as a whole. */
    COMPRESSED
  }

  private final int maxMessageSize;
  private final boolean mayCompress;
  private final InboundMessageBudget budget;
  private State state = State.PREFIX;

  /** Bytes of the present prefix, tag, length or number so far, and their value. */
  private int digits;

  private long value;

  /** Bytes of the present request that have not been read. */
  private long left;

  private int tag;

  /** Bytes of the present envelope or of the skipped ones that have not been read. */
  private long fieldLeft;

  private final PartialEnvelope part;
  private final EnvelopeParser parser;
  private final CompressedRequest compressed;

  /** The rest of a request that was compressed; null without one. */
  private @Nullable ByteBuf inflated;

  /**
   * @param maxMessageSize bytes of the largest message
   * @param mayCompress whether the stream's headers name gzip as its encoding
   * @param budget counts the bytes of envelopes that are not whole
   * @param tooLarge the refusal of an envelope with a larger message
   */
  EnvelopeReader(
      int maxMessageSize,
      boolean mayCompress,
      InboundMessageBudget budget,
      Party party,
      CallStatus tooLarge) {
    this.maxMessageSize = maxMessageSize;
    this.mayCompress = mayCompress;
    this.budget = budget;
    this.part = new PartialEnvelope(budget, party);
    this.compressed =
        new CompressedRequest(
            Math.max(maxMessageSize, COMPRESSED_BYTES) + AROUND_BYTES, budget, party, tooLarge);
    this.parser = new EnvelopeParser(maxMessageSize, tooLarge);
  }

  /** Returns whether the stream may end here: no request is incomplete. */
  boolean isBetweenRequests() {
    return state == State.PREFIX && digits == 0 && inflated == null;
  }

  /** Returns whether a part of an envelope has come, and takes memory. */
  boolean isPartial() {
    return !part.isEmpty() || (!compressed.isEmpty() && inflated == null);
  }

  /** Returns whether envelopes of a compressed request are left, whose bytes have all come. */
  boolean hasRest() {
    return inflated != null;
  }

  /**
   * Returns the next envelope; null when its bytes have not come.
   *
   * @throws Unreadable when the bytes are no requests
   */
  @Nullable PublishItem next(ByteBuf data) throws Unreadable {
    while (true) {
      if (inflated != null) {
        PublishItem item = nextField(inflated);
        if (item != null) {
          return item;
        }
        release();
      }
      if (!data.isReadable()) {
        return null;
      }
      switch (state) {
        case PREFIX -> prefix(data);
        case COMPRESSED -> inflate(data);
        default -> {
          PublishItem item = nextField(data);
          if (item != null) {
            return item;
          }
        }
      }
    }
  }

  private void prefix(ByteBuf data) throws Unreadable {
    while (digits < PREFIX_BYTES && data.isReadable()) {
      value = value << Byte.SIZE | data.readUnsignedByte();
      digits++;
    }
    if (digits < PREFIX_BYTES) {
      return;
    }
    int flag = (int) (value >>> Integer.SIZE);
    left = value & 0xffff_ffffL;
    if (flag == 0) {
      to(left == 0 ? State.PREFIX : State.TAG);
    } else if (flag != 1) {
      throw new Unreadable(RequestBody.Fault.Malformed.BAD_FLAG.status);
    } else if (!mayCompress) {
      throw new Unreadable(RequestBody.Fault.Malformed.UNEXPECTED_COMPRESSION.status);
    } else {
      compressed.begin((int) left);
      to(State.COMPRESSED);
    }
  }

  private void inflate(ByteBuf data) throws Unreadable {
    ByteBuf whole = compressed.add(data);
    if (whole != null) {
      inflated = whole;
      left = whole.readableBytes();
      to(left == 0 ? State.PREFIX : State.TAG);
    }
  }

  private static Unreadable noRequest() {
    return new Unreadable(
        CallStatus.of(StatusCode.INVALID_ARGUMENT, "the bytes do not parse as PublishRequest"));
  }

  private void to(State next) {
    state = next;
    digits = 0;
    value = 0;
  }

  /** Ends a field of the request, or the request with its last field. */
  private void endField() {
    to(left == 0 ? State.PREFIX : State.TAG);
  }

  // ---- the fields of a request

  private @Nullable PublishItem nextField(ByteBuf data) throws Unreadable {
    while (data.isReadable() && state != State.PREFIX) {
      switch (state) {
        case TAG -> {
          if (readVarint(data)) {
            beginField((int) value);
          }
        }
        case LENGTH -> {
          if (readVarint(data)) {
            PublishItem refused = beginBytes(value);
            if (refused != null) {
              return refused;
            }
          }
        }
        case NUMBER -> {
          if (readVarint(data)) {
            endField();
          }
        }
        case SKIPPED -> skip(data);
        case ENVELOPE -> {
          PublishItem item = envelope(data);
          if (item != null) {
            return item;
          }
        }
        case PREFIX, COMPRESSED -> throw new IllegalStateException("not within a request");
      }
    }
    return null;
  }

  /** Reads a number as far as it has come. Returns whether it is whole. */
  private boolean readVarint(ByteBuf data) throws Unreadable {
    while (data.isReadable()) {
      if (left == 0 || digits == VARINT_BYTES) {
        throw noRequest();
      }
      byte next = data.readByte();
      left--;
      value |= (next & 0x7fL) << (7 * digits++);
      if (next >= 0) {
        return true;
      }
    }
    return false;
  }

  private void beginField(int fieldTag) throws Unreadable {
    tag = fieldTag;
    if (WireFormat.getTagFieldNumber(fieldTag) == 0) {
      throw noRequest();
    }
    switch (WireFormat.getTagWireType(fieldTag)) {
      case WireFormat.WIRETYPE_VARINT -> to(State.NUMBER);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> to(State.LENGTH);
      case WireFormat.WIRETYPE_FIXED64 -> beginSkipped(Long.BYTES);
      case WireFormat.WIRETYPE_FIXED32 -> beginSkipped(Integer.BYTES);
      default -> throw noRequest();
    }
  }

  private @Nullable PublishItem beginBytes(long length) throws Unreadable {
    if (tag != ENVELOPES) {
      beginSkipped(length);
      return null;
    }
    if (length < 0 || length > left) {
      throw noRequest();
    }
    if (length > (long) maxMessageSize + AROUND_BYTES) {
      beginSkipped(length);
      return parser.refusedAsTooLarge();
    }
    if (length == 0) {
      endField();
      return parser.parse(Unpooled.EMPTY_BUFFER);
    }
    fieldLeft = length;
    to(State.ENVELOPE);
    return null;
  }

  private void beginSkipped(long length) throws Unreadable {
    if (length < 0 || length > left) {
      throw noRequest();
    }
    if (length == 0) {
      endField();
    } else {
      fieldLeft = length;
      to(State.SKIPPED);
    }
  }

  private void skip(ByteBuf data) {
    int bytes = (int) Math.min(fieldLeft, data.readableBytes());
    data.skipBytes(bytes);
    took(bytes);
    if (fieldLeft == 0) {
      endField();
    }
  }

  private void took(int bytes) {
    fieldLeft -= bytes;
    left -= bytes;
  }

  private @Nullable PublishItem envelope(ByteBuf data) throws Unreadable {
    if (part.isEmpty() && data.readableBytes() >= fieldLeft) {
      ByteBuf whole = data.readSlice((int) fieldLeft);
      took(whole.readableBytes());
      endField();
      return parser.parse(whole);
    }
    int bytes = part.add(data, fieldLeft);
    if (bytes < 0) {
      throw new Unreadable(CallStatus.of(budget.refusal()));
    }
    took(bytes);
    if (fieldLeft > 0) {
      return null;
    }
    endField();
    return parser.parse(part.take());
  }

  /** Gives back the memory of an envelope that is not whole, or of a compressed request. */
  void release() {
    part.release();
    compressed.release();
    inflated = null;
  }
}
