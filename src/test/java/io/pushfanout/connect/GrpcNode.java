package io.pushfanout.connect;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** A node on grpc-java's own server, which hands a test the requests' bytes as they came. */
final class GrpcNode implements AutoCloseable {
  /** Does a call: closes it at some time, or leaves it open. */
  interface Handler {
    void handle(ServerCall<byte[], byte[]> call, Metadata headers, byte[] request);

    /** Begins to read the request, now or later. */
    default void read(ServerCall<byte[], byte[]> call) {
      call.request(2);
    }
  }

  static final Handler OK = (call, headers, request) -> answer(call);

  private final Server server;

  GrpcNode(Handler handler) throws IOException {
    this(Ports.free(), handler, builder -> builder);
  }

  GrpcNode(int port, Handler handler, UnaryOperator<NettyServerBuilder> settings)
      throws IOException {
    server =
        settings
            .apply(
                NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
            .maxInboundMessageSize(16 << 20)
            .addService(service(handler))
            .build()
            .start();
  }

  static void answer(ServerCall<byte[], byte[]> call) {
    call.sendHeaders(new Metadata());
    call.sendMessage(new byte[] {10, 1, '0'});
    call.close(Status.OK, new Metadata());
  }

  private static ServerServiceDefinition service(Handler handler) {
    return ServerServiceDefinition.builder("protocol.PushServer")
        .addMethod(method("Broadcast"), unary(handler))
        .addMethod(method("BroadcastToRoom"), unary(handler))
        .build();
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("protocol.PushServer/" + name)
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private static ServerCallHandler<byte[], byte[]> unary(Handler handler) {
    return (call, headers) -> {
      handler.read(call);
      return new Listener<>() {
        @Override
        public void onMessage(byte[] request) {
          handler.handle(call, headers, request);
        }
      };
    };
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  NodeAddress address() {
    return new NodeAddress("127.0.0.1", server.getPort());
  }

  Server server() {
    return server;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
