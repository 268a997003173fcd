package io.pushfanout.caller;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A connection to one running server. May be used by several threads. */
public final class BroadcastCaller implements AutoCloseable {
  private static final Metadata.Key<String> TARGET =
      Metadata.Key.of("pushfanout-target", Metadata.ASCII_STRING_MARSHALLER);

  private final NodeAddress server;
  private final ManagedChannel channel;

  /**
   * Connects with the first call, not before.
   *
   * @throws CallerException when the host's name is unknown: gRPC would find that out too, and put
   *     a stack trace into the user's terminal
   */
  public BroadcastCaller(NodeAddress server) throws CallerException {
    try {
      var _ = InetAddress.getAllByName(server.host());
    } catch (UnknownHostException e) {
      throw new CallerException(CallError.unreachable(server, "unknown host"), e);
    }
    this.server = server;
    channel =
        NettyChannelBuilder.forAddress(
                server.host(), server.port(), InsecureChannelCredentials.create())
            .build();
  }

  /**
   * Sends one broadcast and waits for its reply.
   *
   * @throws CallerException when there is none; with {@link CallError#of} as its message
   */
  public BroadCastReply send(Message message, Duration timeout) throws CallerException {
    PushServerBlockingStub stub =
        PushServerGrpc.newBlockingStub(channel)
            .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(message)));
    Proto.Builder proto = Proto.newBuilder().setOp(message.op()).setBody(message.body());
    String room = message.room();
    try {
      return room == null
          ? stub.broadcast(BroadCastReq.newBuilder().setProto(proto).build())
          : stub.broadcastToRoom(
              BroadCastRoomReq.newBuilder()
                  .setRoomId(room)
                  .setProto(proto.setRoomid(room))
                  .build());
    } catch (StatusRuntimeException e) {
      throw new CallerException(CallError.of(e, server, timeout), e);
    }
  }

  private static Metadata metadata(Message message) {
    Metadata metadata = new Metadata();
    String target = message.target();
    if (target != null) {
      metadata.put(TARGET, target);
    }
    return metadata;
  }

  /** Ends calls in flight too. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
