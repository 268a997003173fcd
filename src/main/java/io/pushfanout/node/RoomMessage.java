package io.pushfanout.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.Envelope;

/**
 * The room and the message of a broadcast, from any form of request.
 *
 * @param room empty: every user
 */
record RoomMessage(String room, Proto message) {

  /** A request that lacks a field or does not parse; the message names the problem. */
  static final class Incomplete extends Exception {
    Incomplete(String message) {
      super(message);
    }
  }

  static RoomMessage of(BroadCastReq request) throws Incomplete {
    if (!request.hasProto()) {
      throw new Incomplete("proto is missing");
    }
    return new RoomMessage(request.getProto().getRoomid(), request.getProto());
  }

  static RoomMessage of(BroadCastRoomReq request) throws Incomplete {
    if (request.getRoomId().isEmpty()) {
      throw new Incomplete("roomId is missing");
    }
    if (!request.hasProto()) {
      throw new Incomplete("proto is missing");
    }
    return new RoomMessage(request.getRoomId(), request.getProto());
  }

  static RoomMessage of(Envelope envelope) throws Incomplete {
    try {
      return switch (envelope.getRequestCase()) {
        case BROADCAST -> of(BroadCastReq.parseFrom(envelope.getBroadcast()));
        case BROADCAST_TO_ROOM -> of(BroadCastRoomReq.parseFrom(envelope.getBroadcastToRoom()));
        case REQUEST_NOT_SET -> throw new Incomplete("request is missing");
      };
    } catch (InvalidProtocolBufferException _) {
      throw new Incomplete("the bytes do not parse");
    }
  }

  /** Returns the text, which the caller must release. */
  SharedText text(TextMemory memory) throws TextMemory.NoRoom {
    return memory.message(room, message);
  }
}
