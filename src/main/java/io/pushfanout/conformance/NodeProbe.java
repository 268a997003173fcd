package io.pushfanout.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The node as one rule sees it: a connection, the rule's deadline, and messages for the room.
 *
 * @param connection connection that the rules share
 * @param dial makes another connection, which the rule closes
 * @param rooms observed once and shared by the rules
 */
record NodeProbe(
    Channel connection,
    Supplier<ManagedChannel> dial,
    RoomsObserver rooms,
    Deadline deadline,
    String room,
    String body) {
  /** Returns a message for the room's subscribers. */
  Proto.Builder message() {
    return Proto.newBuilder().setRoomid(room).setBody(ByteString.copyFromUtf8(body));
  }

  BroadCastReq broadcast() {
    return BroadCastReq.newBuilder().setProto(message()).build();
  }

  BroadCastRoomReq roomBroadcast() {
    return BroadCastRoomReq.newBuilder().setRoomId(room).setProto(message()).build();
  }

  /**
   * Returns a broadcast of exactly that many bytes.
   *
   * @param bytes over 16 KiB, so that each length in the message has a known size
   */
  BroadCastReq broadcastOf(int bytes) {
    int beside = withBody(bytes).getSerializedSize() - bytes;
    return withBody(bytes - beside);
  }

  private BroadCastReq withBody(int bytes) {
    byte[] filled = new byte[bytes];
    Arrays.fill(filled, (byte) 'x');
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, filled, 0, Math.min(text.length, bytes));
    return BroadCastReq.newBuilder()
        .setProto(message().setBody(ByteString.copyFrom(filled)))
        .build();
  }

  /** Makes a call that the node has to answer with OK. */
  void accepts(BroadCastReq request) throws ViolationException {
    accepts(request, new Metadata());
  }

  void accepts(BroadCastReq request, Metadata metadata) throws ViolationException {
    requireOk(call(connection, metadata, stub -> stub.broadcast(request)).status());
  }

  /** Makes a call on the connection. */
  Answer call(
      Channel channel, Metadata metadata, Function<PushServerBlockingStub, BroadCastReply> call) {
    PushServerBlockingStub stub =
        PushServerGrpc.newBlockingStub(channel)
            .withDeadline(deadline)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    try {
      var _ = call.apply(stub);
      return new Answer(Status.OK, new Metadata());
    } catch (StatusRuntimeException e) {
      Metadata trailers = e.getTrailers();
      return new Answer(e.getStatus(), trailers == null ? new Metadata() : trailers);
    }
  }

  static void requireOk(Status status) throws ViolationException {
    if (!status.isOk()) {
      throw new ViolationException("OK", describe(status));
    }
  }

  /** Returns a status with its description. */
  static String describe(Status status) {
    String description = status.getDescription();
    return description == null
        ? status.getCode().toString()
        : status.getCode() + ": " + description.strip();
  }

  /** The end of a call. */
  record Answer(Status status, Metadata trailers) {}
}
