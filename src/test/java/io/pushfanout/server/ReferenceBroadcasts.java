package io.pushfanout.server;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.Payload;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import io.pushfanout.server.guard.CallerConnection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handler of broadcasts for gRPC's library. Authorization, metadata and the message are checked
 * by the classes of the server, in its order; the rest of a call is the library's.
 */
final class ReferenceBroadcasts implements ServerCallHandler<byte[], BroadCastReply> {
  private static final Metadata.Key<String> LOOP =
      Metadata.Key.of(Via.LOOP_TRAILER, Metadata.ASCII_STRING_MARSHALLER);

  private final Rpc rpc;
  private final MethodDescriptor<byte[], BroadCastReply> method;
  private final Authorizer authorizer;
  private final Broadcasts engine;
  private final LoopGuard hops = new LoopGuard(ProcessId.random());

  private ReferenceBroadcasts(Rpc rpc, Authorizer authorizer, Broadcasts engine) {
    this.rpc = rpc;
    this.method = RunningServer.method(rpc);
    this.authorizer = authorizer;
    this.engine = engine;
  }

  /** Returns the service with both methods, and its schema for reflection. */
  static ServerServiceDefinition service(Authorizer authorizer, Broadcasts engine) {
    List<ReferenceBroadcasts> handlers =
        Arrays.stream(Rpc.values())
            .map(rpc -> new ReferenceBroadcasts(rpc, authorizer, engine))
            .toList();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(PushServerGrpc.SERVICE_NAME)
            .setSchemaDescriptor(PushServerGrpc.getServiceDescriptor().getSchemaDescriptor());
    handlers.forEach(handler -> descriptor.addMethod(handler.method));
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    handlers.forEach(handler -> service.addMethod(handler.method, handler));
    return service.build();
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(
      ServerCall<byte[], BroadCastReply> call, Metadata metadata) {
    BroadcastHeaders headers =
        BroadcastHeaders.of(
            rpc, CallMetadata.of(metadata), false, Long.MAX_VALUE, "the network", hops);
    CallStatus refusal = refusal(headers, CallMetadata.of(metadata));
    if (refusal != null) {
      close(call, refusal);
      return new ServerCall.Listener<>() {};
    }
    // Two, so that the library detects a second message of a unary call.
    call.request(2);
    return new ServerCall.Listener<>() {
      private byte @Nullable [] message;

      @Override
      public void onMessage(byte[] received) {
        message = received;
      }

      @Override
      public void onHalfClose() {
        try {
          broadcast(call, headers, message);
        } catch (InvalidCall e) {
          close(call, CallStatus.of(StatusCode.INVALID_ARGUMENT, e.getMessage()));
        }
      }
    };
  }

  private @Nullable CallStatus refusal(BroadcastHeaders headers, CallMetadata metadata) {
    if (headers.badTarget() != null) {
      return headers.badTarget();
    }
    CallerConnection connection = new CallerConnection(null, "any");
    return switch (authorizer.decide(connection.credentials(metadata), headers.right()).join()) {
      case Decision.Allowed _ -> headers.refusal();
      case Decision.Denied denied ->
          CallStatus.of(
              StatusCode.PERMISSION_DENIED, denied.why() + CallTarget.hint(headers.target()));
      case Decision.Unauthenticated _, Decision.Barred _, Decision.Unavailable _ ->
          throw new AssertionError("no decision of the comparison");
    };
  }

  private void broadcast(
      ServerCall<byte[], BroadCastReply> call, BroadcastHeaders headers, byte @Nullable [] message)
      throws InvalidCall {
    if (message == null) {
      throw new InvalidCall("the call has no message");
    }
    Payload payload =
        RequestCheck.check(new Payload(rpc, message)).payload().through(headers.via());
    var _ =
        engine.broadcast(
            new BroadcastRequest(payload, headers.target(), headers.nodes(), Long.MAX_VALUE),
            result -> reply(call, result));
  }

  private static void reply(ServerCall<byte[], BroadCastReply> call, BroadcastResult result) {
    switch (result) {
      case BroadcastResult.Answered answered -> {
        call.sendHeaders(new Metadata());
        call.sendMessage(ReplyMapper.reply(answered.outcome()));
        call.close(Status.OK, new Metadata());
      }
      case BroadcastResult.Refused refused -> close(call, CallStatus.of(refused));
    }
  }

  private static void close(ServerCall<?, ?> call, CallStatus status) {
    Metadata trailers = new Metadata();
    if (status.returned()) {
      trailers.put(LOOP, "1");
    }
    call.close(
        Status.fromCodeValue(status.code().number()).withDescription(status.message()), trailers);
  }
}
