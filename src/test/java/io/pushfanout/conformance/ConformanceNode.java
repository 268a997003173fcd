package io.pushfanout.conformance;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A connect-node that keeps all rules but one. */
final class ConformanceNode implements AutoCloseable {
  private final String broken;
  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final Server server;

  /**
   * @param broken name of the broken rule; empty: none
   */
  ConformanceNode(String broken) throws IOException {
    this.broken = broken;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addTransportFilter(new Connections())
            .addService(ServerInterceptors.intercept(new Push(), new MetadataFaults()));
    if (!broken.equals("services")) {
      builder.addService(new FaultyDelivery(broken)).addService(new FaultyInterest(broken));
    }
    server = builder.build().start();
  }

  NodeAddress address() {
    return new NodeAddress("127.0.0.1", server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Connections extends io.grpc.ServerTransportFilter {
    @Override
    public io.grpc.Attributes transportReady(io.grpc.Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }
  }

  private final class MetadataFaults implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      boolean refused =
          switch (broken) {
            case "unknown-metadata" -> headers.containsKey(key("pushfanout-later"));
            case "hop-list" -> headers.containsKey(key("pushfanout-via"));
            case "repeated-message" -> {
              String id = headers.get(key("pushfanout-message-id"));
              yield id != null && !ids.add(id);
            }
            case "second-connection" -> connections.get() == 2;
            case "many-connections" -> connections.get() > 5;
            default -> false;
          };
      if (refused) {
        call.close(Status.FAILED_PRECONDITION, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private final class Push extends PushServerGrpc.PushServerImplBase {
    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> answer) {
      String body = request.getProto().getBody().toStringUtf8();
      boolean refused =
          switch (broken) {
            case "broadcast" -> body.endsWith(" broadcast");
            case "unknown-fields" -> !request.getUnknownFields().asMap().isEmpty();
            case "numbers" -> request.getProto().getOp() < 0;
            case "empty-body" -> body.isEmpty();
            case "large-message" -> request.getSerializedSize() >= 4 << 20;
            case "parallel-calls" ->
                body.endsWith(" parallel-calls") && calls.incrementAndGet() > 9;
            default -> false;
          };
      end(refused, answer);
    }

    @Override
    public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> answer) {
      end(broken.equals("broadcast-to-room"), answer);
    }

    private void end(boolean refused, StreamObserver<BroadCastReply> answer) {
      if (refused) {
        answer.onError(Status.INTERNAL.withDescription("as planned").asException());
      } else {
        answer.onNext(BroadCastReply.getDefaultInstance());
        answer.onCompleted();
      }
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
