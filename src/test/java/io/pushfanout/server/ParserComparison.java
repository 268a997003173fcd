package io.pushfanout.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.HexFormat;

/** Compares {@link RequestCheck} with the generated parsers; both must agree. */
final class ParserComparison {
  enum Verdict {
    GOOD,
    UNPARSABLE,
    LACKS_PROTO,
    LACKS_ROOM
  }

  /**
   * @param room the hash of a good request's room; 0 means no room
   */
  private record Answer(Verdict verdict, int room) {
    Answer(Verdict verdict) {
      this(verdict, 0);
    }
  }

  private ParserComparison() {}

  /** Returns the common result of both for the bytes. */
  static Verdict verdict(Rpc rpc, byte[] bytes) {
    Answer byParser = parser(rpc, bytes);
    Answer byCheck = check(rpc, bytes);
    if (!byCheck.equals(byParser)) {
      Held.that(false, "as " + rpc, byCheck, byParser, HexFormat.of().formatHex(bytes));
    }
    return byParser.verdict();
  }

  private static Answer check(Rpc rpc, byte[] bytes) {
    try {
      return new Answer(Verdict.GOOD, RequestCheck.check(new Payload(rpc, bytes)).payload().room());
    } catch (InvalidCall e) {
      String message = String.valueOf(e.getMessage());
      Held.line(message, 100);
      if (message.startsWith("proto: missing")) {
        return new Answer(Verdict.LACKS_PROTO);
      }
      return new Answer(
          message.startsWith("roomId: missing") ? Verdict.LACKS_ROOM : Verdict.UNPARSABLE);
    }
  }

  private static Answer parser(Rpc rpc, byte[] bytes) {
    try {
      return switch (rpc) {
        case BROADCAST -> broadcast(BroadCastReq.parseFrom(bytes));
        case BROADCAST_TO_ROOM -> broadcastToRoom(BroadCastRoomReq.parseFrom(bytes));
      };
    } catch (InvalidProtocolBufferException _) {
      return new Answer(Verdict.UNPARSABLE);
    }
  }

  private static Answer broadcast(BroadCastReq request) {
    return request.hasProto()
        ? good(request.getProto().getRoomidBytes())
        : new Answer(Verdict.LACKS_PROTO);
  }

  private static Answer broadcastToRoom(BroadCastRoomReq request) {
    if (!request.hasProto()) {
      return new Answer(Verdict.LACKS_PROTO);
    }
    return request.getRoomId().isEmpty()
        ? new Answer(Verdict.LACKS_ROOM)
        : good(request.getRoomIdBytes());
  }

  private static Answer good(ByteString room) {
    return new Answer(Verdict.GOOD, room.isEmpty() ? 0 : room.hashCode());
  }
}
