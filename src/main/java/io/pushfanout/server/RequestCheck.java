package io.pushfanout.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.pushfanout.interest.RoomName;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A check of a request's bytes that makes no objects of them, since they only travel on; it also
 * finds the room that they are for.
 *
 * <p>The check accepts exactly the bytes that the generated parsers accept, so that no node
 * receives bytes that it cannot parse: a known field with the wrong wire type is an unknown field,
 * {@code proto} twice is merged, the last {@code roomId} counts, strings are UTF-8, and messages
 * and groups nest 100 deep at most.
 */
final class RequestCheck {
  private static final int PROTO_OF_BROADCAST = delimited(BroadCastReq.PROTO_FIELD_NUMBER);
  private static final int ROOM_ID = delimited(BroadCastRoomReq.ROOMID_FIELD_NUMBER);
  private static final int PROTO_OF_BROADCAST_TO_ROOM =
      delimited(BroadCastRoomReq.PROTO_FIELD_NUMBER);
  private static final int PROTO_VER = Proto.VER_FIELD_NUMBER << 3;
  private static final int PROTO_OP = Proto.OP_FIELD_NUMBER << 3;
  private static final int PROTO_SEQ = Proto.SEQ_FIELD_NUMBER << 3;
  private static final int PROTO_ROOMID = delimited(Proto.ROOMID_FIELD_NUMBER);

  /** Nesting that protobuf allows: {@code proto} is 1 deep, a group in it 2. */
  private static final int NESTING = 100;

  private final CodedInputStream in;
  private boolean hasProto;

  /** Room of a call to a room; empty while there is none. */
  private ByteString roomId = ByteString.EMPTY;

  private ByteString roomOfProto = ByteString.EMPTY;

  /** The field being read, for the error. */
  private String field = "";

  private RequestCheck(byte[] bytes) {
    // Wrapped and aliased, strings are read without a copy.
    in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    in.enableAliasing(true);
  }

  /**
   * Returns the request with its room: {@code roomId} of a call to a room, else {@code
   * proto.roomid}.
   *
   * @throws InvalidCall when the bytes do not parse, or lack a field that the call needs
   */
  static Checked check(Payload payload) throws InvalidCall {
    RequestCheck check = new RequestCheck(payload.bytes());
    String message =
        switch (payload.rpc()) {
          case BROADCAST -> "BroadCastReq";
          case BROADCAST_TO_ROOM -> "BroadCastRoomReq";
        };
    try {
      check.request(payload.rpc());
    } catch (IOException _) {
      throw new InvalidCall(
          check.field.isEmpty()
              ? "the bytes do not parse as " + message
              : "the bytes do not parse as " + message + ": " + check.field);
    }
    if (!check.hasProto) {
      throw new InvalidCall("proto: missing in " + message);
    }
    if (payload.rpc() == Rpc.BROADCAST_TO_ROOM && check.roomId.isEmpty()) {
      throw new InvalidCall("roomId: missing in BroadCastRoomReq");
    }
    return new Checked(payload.inRoom(check.roomHash()), check.roomName());
  }

  /**
   * A request that parses.
   *
   * @param payload the request with its room's hash
   * @param room the room, if nodes can hold it; null for every node
   */
  record Checked(Payload payload, @Nullable RoomName room) {}

  /**
   * Returns the room of a checked payload; empty if it is for no room. The result shares the
   * payload's bytes.
   */
  static ByteString room(Payload checked) {
    RequestCheck check = new RequestCheck(checked.bytes());
    try {
      check.request(checked.rpc());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The check has read the same bytes.
    }
    return check.room();
  }

  private @Nullable RoomName roomName() {
    ByteString room = room();
    return room.isEmpty() || room.size() > RoomName.MAX_BYTES
        ? null
        : RoomName.of(room.toByteArray());
  }

  private ByteString room() {
    return roomId.isEmpty() ? roomOfProto : roomId;
  }

  private int roomHash() {
    ByteString room = room();
    return room.isEmpty() ? 0 : room.hashCode();
  }

  private void request(Rpc rpc) throws IOException {
    // 0 is no field's tag.
    int roomTag = rpc == Rpc.BROADCAST_TO_ROOM ? ROOM_ID : 0;
    int protoTag = rpc == Rpc.BROADCAST_TO_ROOM ? PROTO_OF_BROADCAST_TO_ROOM : PROTO_OF_BROADCAST;
    int tag;
    while ((tag = in.readTag()) != 0) {
      if (tag == roomTag) {
        field = "roomId";
        roomId = string();
      } else if (tag == protoTag) {
        field = "proto";
        proto();
        hasProto = true;
      } else if (!skip(tag, 0)) {
        break;
      }
      field = "";
    }
    in.checkLastTagWas(0);
  }

  private void proto() throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    int tag;
    while ((tag = in.readTag()) != 0) {
      if (tag == PROTO_ROOMID) {
        field = "proto.roomid";
        roomOfProto = string();
        field = "proto";
      } else if (tag == PROTO_VER || tag == PROTO_OP || tag == PROTO_SEQ) {
        in.readInt32();
      } else if (!skip(tag, 1)) {
        break;
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(outer);
  }

  /**
   * Skips one field; returns false at the end of a group, where there is none. Not {@link
   * CodedInputStream#skipField}: of varints of 10 bytes and more it accepts others than the methods
   * that the parsers call, which differ between int32 and unknown fields too.
   *
   * @param depth of the message or group that the field is in
   */
  private boolean skip(int tag, int depth) throws IOException {
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> in.readRawVarint64();
      case WireFormat.WIRETYPE_FIXED64 -> in.readRawLittleEndian64();
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.skipRawBytes(in.readRawVarint32());
      case WireFormat.WIRETYPE_START_GROUP -> group(WireFormat.getTagFieldNumber(tag), depth + 1);
      case WireFormat.WIRETYPE_END_GROUP -> {
        return false;
      }
      case WireFormat.WIRETYPE_FIXED32 -> in.readRawLittleEndian32();
      default -> throw new InvalidProtocolBufferException("no such wire type");
    }
    return true;
  }

  private void group(int number, int depth) throws IOException {
    if (depth > NESTING) {
      throw new InvalidProtocolBufferException("nested too deep");
    }
    int tag;
    do {
      tag = in.readTag();
    } while (tag != 0 && skip(tag, depth));
    in.checkLastTagWas(number << 3 | WireFormat.WIRETYPE_END_GROUP);
  }

  private ByteString string() throws IOException {
    ByteString text = in.readBytes();
    if (!text.isValidUtf8()) {
      throw new InvalidProtocolBufferException("not UTF-8");
    }
    return text;
  }

  private static int delimited(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
