package io.pushfanout.node;

import com.google.common.base.Strings;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.BindableService;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.PushServerGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A service that hands broadcasts to the users, with the bytes of each request as received, by
 * which it recognizes doubles.
 *
 * <p>A call returns once each user's socket has accepted the message or is being closed, and never
 * waits for a user's network. A caller with one call at a time therefore has its messages in order,
 * and cannot queue more messages than its calls in flight.
 */
final class PushService implements BindableService {
  private static final Metadata.Key<String> MESSAGE_ID =
      Metadata.Key.of(MessageMetadata.MESSAGE_ID, Metadata.ASCII_STRING_MARSHALLER);

  private final UserServer users;
  private final RecentMessages recent;

  PushService(UserServer users, RecentMessages recent) {
    this.users = users;
    this.recent = recent;
  }

  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<ByteString, BroadCastReply> broadcast =
        ofBytes(PushServerGrpc.getBroadcastMethod());
    MethodDescriptor<ByteString, BroadCastReply> toRoom =
        ofBytes(PushServerGrpc.getBroadcastToRoomMethod());
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(PushServerGrpc.SERVICE_NAME)
            .setSchemaDescriptor(PushServerGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(broadcast)
            .addMethod(toRoom)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(broadcast, handler(Rpc.BROADCAST))
        .addMethod(toRoom, handler(Rpc.BROADCAST_TO_ROOM))
        .build();
  }

  private static MethodDescriptor<ByteString, BroadCastReply> ofBytes(
      MethodDescriptor<?, BroadCastReply> method) {
    return method.toBuilder(new RequestBytes(), method.getResponseMarshaller()).build();
  }

  private ServerCallHandler<ByteString, BroadCastReply> handler(Rpc rpc) {
    return (call, headers) -> {
      String id = Strings.nullToEmpty(headers.get(MESSAGE_ID));
      ServerCallHandler<ByteString, BroadCastReply> unary =
          ServerCalls.asyncUnaryCall((request, reply) -> receive(rpc, id, request, reply));
      return unary.startCall(call, headers);
    };
  }

  private void receive(
      Rpc rpc, String id, ByteString request, StreamObserver<BroadCastReply> reply) {
    // With a handler, the reply to a cancelled call is ignored; without one it throws.
    ((ServerCallStreamObserver<BroadCastReply>) reply).setOnCancelHandler(() -> {});
    RoomMessage message;
    SharedText text;
    try {
      message = RoomMessage.of(rpc, request);
      text = message.text(users.texts());
    } catch (RoomMessage.Incomplete e) {
      refuse(reply, Status.INVALID_ARGUMENT, e);
      return;
    } catch (TextMemory.NoRoom e) {
      refuse(reply, Status.RESOURCE_EXHAUSTED, e);
      return;
    }
    // A message is remembered only here, where its delivery cannot fail any more.
    if (recent.isDouble(id, rpc, request)) {
      text.release();
      // The event loop hands out the first message before it answers the double.
      users.deliver(List.of(), () -> succeed(reply, "The message has come before; dropped."));
      return;
    }
    users.deliver(
        message.room(),
        text,
        taken -> succeed(reply, "Sent to " + taken + (taken == 1 ? " user." : " users.")));
  }

  private static void succeed(StreamObserver<BroadCastReply> reply, String desc) {
    reply.onNext(BroadCastReply.newBuilder().setCode("0").setMsg("OK").setDesc(desc).build());
    reply.onCompleted();
  }

  private static void refuse(StreamObserver<BroadCastReply> reply, Status status, Exception why) {
    reply.onError(status.withDescription(why.getMessage()).asRuntimeException());
  }

  /** A marshaller that leaves a request in its bytes. */
  private static final class RequestBytes implements MethodDescriptor.Marshaller<ByteString> {
    @Override
    public InputStream stream(ByteString request) {
      return request.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      try {
        if (!(stream instanceof KnownLength)) {
          return UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
        }
        byte[] request = new byte[stream.available()];
        int length = stream.readNBytes(request, 0, request.length);
        return UnsafeByteOperations.unsafeWrap(request, 0, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
