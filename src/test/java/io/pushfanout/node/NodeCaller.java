package io.pushfanout.node;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.util.concurrent.TimeUnit;

/** A client that calls a node as PushFanout does. */
final class NodeCaller implements AutoCloseable {
  final ManagedChannel channel;

  NodeCaller(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(1 << 20)
            .build();
  }

  static Proto message(String room, String body) {
    return message(room, ByteString.copyFromUtf8(body));
  }

  static Proto message(String room, ByteString body) {
    return Proto.newBuilder().setVer(1).setOp(5).setSeq(7).setRoomid(room).setBody(body).build();
  }

  BroadCastReply broadcast(String room, String body) {
    return broadcast(message(room, body));
  }

  BroadCastReply broadcast(Proto message) {
    return stub().broadcast(BroadCastReq.newBuilder().setProto(message).build());
  }

  BroadCastReply broadcastToRoom(String room, Proto message) {
    return stub()
        .broadcastToRoom(BroadCastRoomReq.newBuilder().setRoomId(room).setProto(message).build());
  }

  BroadCastReply broadcastWithId(String id, String body) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("pushfanout-message-id", Metadata.ASCII_STRING_MARSHALLER), id);
    return stub()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .broadcast(BroadCastReq.newBuilder().setProto(message("", body)).build());
  }

  PushServerGrpc.PushServerBlockingStub stub() {
    return PushServerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
