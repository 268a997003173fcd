package io.pushfanout.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** Bytes of the first array of an envelope that is not whole: unread bytes take no memory. */
  private static final int FIRST_BYTES = 16 << 10;

  /** The next of the stream, in the order of its envelopes. */
  sealed interface Item {
    /** An envelope; its request is not checked. */
    final class Message implements Item {
      private final Rpc rpc;
      private final byte[] request;
      private final String id;
      private final List<String> via;

      private Message(Rpc rpc, byte[] request, String id, List<String> via) {
        this.rpc = rpc;
        this.request = request;
        this.id = id;
        this.via = via;
      }

      Rpc rpc() {
        return rpc;
      }

      /** Returns the bytes of the request, which are never changed. */
      byte[] request() {
        return request;
      }

      /** Returns the message's id; empty without one. */
      String id() {
        return id;
      }

      /** Returns the processes that the message has gone through. */
      List<String> via() {
        return via;
      }
    }

    /** An envelope that is answered by a refusal. */
    record Refused(CallStatus status) implements Item {}
  }

  /** A fault after which the rest of the stream cannot be read. */
  static final class Unreadable extends Exception {
    private final transient CallStatus status;

    private Unreadable(CallStatus status) {
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
  private final Party party;
  private final CallStatus tooLarge;
  private State state = State.PREFIX;

  /** Bytes of the present prefix, tag, length or number so far, and their value. */
  private int digits;

  private long value;

  /** Bytes of the present request that have not been read. */
  private long left;

  private int tag;

  /** Bytes of the present envelope or of the skipped ones that have not been read. */
  private long fieldLeft;

  /** The present envelope, when its bytes come in parts; null otherwise. */
  private byte @Nullable [] part;

  private int partBytes;
  private long counted;
  private @Nullable RequestBody compressed;

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
    this.party = party;
    this.tooLarge = tooLarge;
  }

  /** Returns whether the stream may end here: no request is incomplete. */
  boolean isBetweenRequests() {
    return state == State.PREFIX && digits == 0 && inflated == null;
  }

  /** Returns whether a part of an envelope has come, and takes memory. */
  boolean isPartial() {
    return part != null || (compressed != null && inflated == null);
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
  @Nullable Item next(ByteBuf data) throws Unreadable {
    while (true) {
      if (inflated != null) {
        Item item = nextField(inflated);
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
          Item item = nextField(data);
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
      beginCompressed();
    }
  }

  private void beginCompressed() throws Unreadable {
    int most = Math.max(maxMessageSize, COMPRESSED_BYTES) + AROUND_BYTES;
    RequestBody whole = new RequestBody(most, true, budget, party);
    compressed = whole;
    to(State.COMPRESSED);
    add(whole, Unpooled.buffer(PREFIX_BYTES).writeByte(1).writeInt((int) left));
  }

  private void inflate(ByteBuf data) throws Unreadable {
    RequestBody whole = compressed;
    if (whole == null) {
      throw new IllegalStateException("no compressed request");
    }
    add(whole, data);
    if (!whole.isWhole()) {
      return;
    }
    // Its bytes count until their last envelope: a message that is held may be the first.
    switch (whole.result()) {
      case RequestBody.Result.Message message -> {
        inflated = Unpooled.wrappedBuffer(message.bytes);
        left = message.bytes.length;
        to(left == 0 ? State.PREFIX : State.TAG);
      }
      case RequestBody.Result.Refused(RequestBody.Fault fault) -> throw unreadable(fault);
      case RequestBody.Result.Broken(String why) -> throw malformed(why);
      case RequestBody.Result.None() -> throw new IllegalStateException("no prefix");
    }
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

  private static Unreadable malformed(String why) {
    return new Unreadable(CallStatus.of(StatusCode.INVALID_ARGUMENT, why));
  }

  private static Unreadable noRequest() {
    return malformed("the bytes do not parse as PublishRequest");
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

  private @Nullable Item nextField(ByteBuf data) throws Unreadable {
    while (data.isReadable() && state != State.PREFIX) {
      switch (state) {
        case TAG -> {
          if (readVarint(data)) {
            beginField((int) value);
          }
        }
        case LENGTH -> {
          if (readVarint(data)) {
            Item refused = beginBytes(value);
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
          Item item = envelope(data);
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

  private @Nullable Item beginBytes(long length) throws Unreadable {
    if (tag != ENVELOPES) {
      beginSkipped(length);
      return null;
    }
    if (length < 0 || length > left) {
      throw noRequest();
    }
    if (length > (long) maxMessageSize + AROUND_BYTES) {
      beginSkipped(length);
      return new Item.Refused(tooLarge);
    }
    if (length == 0) {
      endField();
      return item(Unpooled.EMPTY_BUFFER);
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

  private @Nullable Item envelope(ByteBuf data) throws Unreadable {
    if (part == null && data.readableBytes() >= fieldLeft) {
      ByteBuf whole = data.readSlice((int) fieldLeft);
      took(whole.readableBytes());
      endField();
      return item(whole);
    }
    collect(data);
    if (fieldLeft > 0 || part == null) {
      return null;
    }
    ByteBuf whole = Unpooled.wrappedBuffer(part, 0, partBytes);
    release();
    endField();
    return item(whole);
  }

  private void collect(ByteBuf data) throws Unreadable {
    int bytes = (int) Math.min(fieldLeft, data.readableBytes());
    byte[] into = part == null ? new byte[0] : part;
    if (partBytes + bytes > into.length) {
      long whole = partBytes + fieldLeft;
      int length =
          (int)
              Math.min(whole, Math.max(FIRST_BYTES, Math.max(partBytes + bytes, 2L * into.length)));
      if (!budget.tryTake(party, length - into.length)) {
        throw new Unreadable(CallStatus.of(budget.refusal()));
      }
      counted += length - into.length;
      into = Arrays.copyOf(into, length);
      part = into;
    }
    data.readBytes(into, partBytes, bytes);
    partBytes += bytes;
    took(bytes);
  }

  /** Gives back the memory of an envelope that is not whole, or of a compressed request. */
  void release() {
    if (counted > 0) {
      budget.giveBack(party, counted);
      counted = 0;
    }
    part = null;
    partBytes = 0;
    if (compressed != null) {
      compressed.release();
      compressed = null;
    }
    inflated = null;
  }

  // ---- one envelope

  private Item item(ByteBuf whole) {
    try {
      Item item = parse(CodedInputStream.newInstance(whole.nioBuffer()));
      return item instanceof Item.Message message && message.request.length > maxMessageSize
          ? new Item.Refused(tooLarge)
          : item;
    } catch (IOException _) {
      return refused("the bytes do not parse as Envelope");
    }
  }

  private static Item parse(CodedInputStream in) throws IOException {
    Rpc rpc = null;
    byte[] request = new byte[0];
    String id = "";
    List<String> via = List.of();
    for (int field = in.readTag(); field != 0; field = in.readTag()) {
      if (isText(field, Envelope.BROADCAST_FIELD_NUMBER)) {
        rpc = Rpc.BROADCAST;
        request = in.readByteArray();
      } else if (isText(field, Envelope.BROADCAST_TO_ROOM_FIELD_NUMBER)) {
        rpc = Rpc.BROADCAST_TO_ROOM;
        request = in.readByteArray();
      } else if (isText(field, Envelope.MESSAGE_ID_FIELD_NUMBER)) {
        id = in.readStringRequireUtf8();
      } else if (isText(field, Envelope.VIA_FIELD_NUMBER)) {
        via = via.isEmpty() ? new ArrayList<>() : via;
        via.add(in.readStringRequireUtf8());
      } else if (!in.skipField(field)) {
        return refused("the bytes do not parse as Envelope");
      }
    }
    return rpc == null
        ? refused("the envelope has no request: broadcast or broadcast_to_room")
        : new Item.Message(rpc, request, id, via);
  }

  private static boolean isText(int field, int number) {
    return field == (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  private static Item refused(String why) {
    return new Item.Refused(CallStatus.of(StatusCode.INVALID_ARGUMENT, why));
  }
}
