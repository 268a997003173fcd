package io.pushfanout.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.Envelope;
import java.io.IOException;

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

  static RoomMessage of(Envelope envelope) throws Incomplete {
    return switch (envelope.getRequestCase()) {
      case BROADCAST -> of(Rpc.BROADCAST, envelope.getBroadcast());
      case BROADCAST_TO_ROOM -> of(Rpc.BROADCAST_TO_ROOM, envelope.getBroadcastToRoom());
      case REQUEST_NOT_SET -> throw new Incomplete("request is missing");
    };
  }

  static RoomMessage of(Rpc rpc, ByteString request) throws Incomplete {
    CodedInputStream in = request.newCodedInput();
    // The body shares the request's bytes: a large message is not in the memory twice.
    in.enableAliasing(true);
    try {
      RoomMessage message =
          switch (rpc) {
            case BROADCAST -> of(BroadCastReq.parseFrom(in));
            case BROADCAST_TO_ROOM -> of(BroadCastRoomReq.parseFrom(in));
          };
      in.checkLastTagWas(0);
      return message;
    } catch (IOException _) {
      throw new Incomplete("the bytes do not parse");
    }
  }

  private static RoomMessage of(BroadCastReq request) throws Incomplete {
    if (!request.hasProto()) {
      throw new Incomplete("proto is missing");
    }
    return new RoomMessage(request.getProto().getRoomid(), request.getProto());
  }

  private static RoomMessage of(BroadCastRoomReq request) throws Incomplete {
    if (request.getRoomId().isEmpty()) {
      throw new Incomplete("roomId is missing");
    }
    if (!request.hasProto()) {
      throw new Incomplete("proto is missing");
    }
    return new RoomMessage(request.getRoomId(), request.getProto());
  }

  /** Returns the text, which the caller must release. */
  SharedText text(TextMemory memory) throws TextMemory.NoRoom {
    return memory.message(room, message);
  }
}
