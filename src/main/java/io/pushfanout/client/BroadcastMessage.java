package io.pushfanout.client;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message to broadcast, and its target.
 *
 * @param room null: every user
 * @param ver the version of the body's format, which only nodes and users read
 * @param op the kind of message, which only nodes and users read
 * @param seq the message's number in a sequence, which only nodes and users read
 * @param target {@code <namespace>/<name>} or {@code all}; null: the server's default
 * @param nodes the only nodes of the target that get the message; empty: all of them
 * @param receipt whether the reply waits for the ends of the deliveries
 * @param id id of the message, which enqueues it once; null: none
 */
public record BroadcastMessage(
    @Nullable String room,
    int ver,
    int op,
    int seq,
    ByteString body,
    @Nullable String target,
    List<NodeAddress> nodes,
    boolean receipt,
    @Nullable String id) {
  private static final Metadata.Key<String> NODES =
      Metadata.Key.of("pushfanout-nodes", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TARGET =
      Metadata.Key.of("pushfanout-target", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> WAIT =
      Metadata.Key.of("pushfanout-wait", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> ID =
      Metadata.Key.of(MessageMetadata.MESSAGE_ID, Metadata.ASCII_STRING_MARSHALLER);

  public BroadcastMessage {
    nodes = List.copyOf(nodes);
  }

  /** Creates a message for all nodes of the target, without a receipt. */
  public BroadcastMessage(@Nullable String room, int op, ByteString body, @Nullable String target) {
    this(room, 0, op, 0, body, target, List.of(), false, null);
  }

  BroadCastReq toEveryUser() {
    return BroadCastReq.newBuilder().setProto(proto()).build();
  }

  /** Returns the request for a room; the message must have one. */
  BroadCastRoomReq toRoom() {
    String id = requireNonNull(room, "room");
    return BroadCastRoomReq.newBuilder().setRoomId(id).setProto(proto().setRoomid(id)).build();
  }

  /** Returns the message as one of a stream. */
  Envelope envelope() {
    Envelope.Builder envelope = Envelope.newBuilder();
    return (room == null
            ? envelope.setBroadcast(toEveryUser().toByteString())
            : envelope.setBroadcastToRoom(toRoom().toByteString()))
        .build();
  }

  private Proto.Builder proto() {
    return Proto.newBuilder().setVer(ver).setOp(op).setSeq(seq).setBody(body);
  }

  Metadata metadata() {
    Metadata metadata = new Metadata();
    if (target != null) {
      metadata.put(TARGET, target);
    }
    if (!nodes.isEmpty()) {
      metadata.put(NODES, Joiner.on(',').join(nodes));
    }
    if (receipt) {
      metadata.put(WAIT, "delivered");
    }
    if (id != null) {
      metadata.put(ID, id);
    }
    return metadata;
  }
}
