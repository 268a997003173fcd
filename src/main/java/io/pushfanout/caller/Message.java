package io.pushfanout.caller;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What to broadcast, and to whom.
 *
 * @param room null is every user
 * @param op the message's {@code op}, which only the users' side understands
 * @param target {@code <namespace>/<name>} or {@code all}; null leaves it to the server
 */
public record Message(@Nullable String room, int op, ByteString body, @Nullable String target) {
  private static final Metadata.Key<String> TARGET =
      Metadata.Key.of("pushfanout-target", Metadata.ASCII_STRING_MARSHALLER);

  BroadCastReq toEveryUser() {
    return BroadCastReq.newBuilder().setProto(proto()).build();
  }

  /** Only of a message that has a room. */
  BroadCastRoomReq toRoom() {
    String id = requireNonNull(room, "room");
    return BroadCastRoomReq.newBuilder().setRoomId(id).setProto(proto().setRoomid(id)).build();
  }

  private Proto.Builder proto() {
    return Proto.newBuilder().setOp(op).setBody(body);
  }

  Metadata metadata() {
    Metadata metadata = new Metadata();
    if (target != null) {
      metadata.put(TARGET, target);
    }
    return metadata;
  }
}
