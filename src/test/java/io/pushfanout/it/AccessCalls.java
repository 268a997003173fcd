package io.pushfanout.it;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A caller that sends tokens, and keeps a set of all of them. */
final class AccessCalls implements AutoCloseable {
  private final ManagedChannel channel;
  private final Set<String> shown = ConcurrentHashMap.newKeySet();

  AccessCalls(ServeProcess serve) {
    this(serve.grpc());
  }

  /**
   * @param grpc {@code host:port}
   */
  AccessCalls(String grpc) {
    int colon = grpc.lastIndexOf(':');
    channel =
        NettyChannelBuilder.forAddress(
                grpc.substring(0, colon), Integer.parseInt(grpc.substring(colon + 1)))
            .usePlaintext()
            .build();
  }

  /**
   * Sends one broadcast.
   *
   * @param token empty for a call without a token
   * @param target null for a call without a target
   */
  Status send(String token, @Nullable String target) {
    Metadata metadata = new Metadata();
    if (!token.isEmpty()) {
      shown.add(token);
      metadata.put(key("authorization"), "Bearer " + token);
    }
    if (target != null) {
      metadata.put(key("pushfanout-target"), target);
    }
    try {
      var _ =
          PushServerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
              .broadcast(
                  BroadCastReq.newBuilder()
                      .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8("hello")))
                      .build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  /** Returns the name of the call's status code. */
  String code(String token, @Nullable String target) {
    return send(token, target).getCode().name();
  }

  /** Returns every token that was sent. */
  Set<String> shown() {
    return Set.copyOf(shown);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
