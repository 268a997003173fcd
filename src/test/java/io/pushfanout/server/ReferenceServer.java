package io.pushfanout.server;

import static io.grpc.health.v1.HealthCheckResponse.ServingStatus.NOT_SERVING;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * A server of gRPC's library, to compare own frames with: the same services and the limits that the
 * library has, and nothing else between its transport and {@link ReferenceBroadcasts}.
 */
final class ReferenceServer implements AutoCloseable {
  private static final String THREADS = "reference";

  /** Logger of the library's failures, of which a caller may cause any number. */
  private static final Logger FAILURES =
      Logger.getLogger("io.grpc.internal.SerializeReentrantCallsDirectExecutor");

  static {
    FAILURES.setFilter(_ -> !Thread.currentThread().getName().startsWith(THREADS));
  }

  final FakeEngine engine = new FakeEngine();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory(THREADS, true), NioIoHandler.newFactory());
  private final Server server;

  ReferenceServer(Limits limits, Authorizer authorizer) throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, NOT_SERVING);
    health.setStatus(PushServerGrpc.SERVICE_NAME, NOT_SERVING);
    ServerConnection.Options connection = Http2Limits.of(limits);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            // Calls are over when the connection's next frame is read.
            .directExecutor()
            .maxConcurrentCallsPerConnection(connection.maxStreams())
            .flowControlWindow(connection.windowBytes())
            .maxInboundMetadataSize(connection.maxHeaderListBytes())
            .maxRstFramesPerWindow(connection.resetsPerSecond(), 1)
            .maxInboundMessageSize(limits.maxMessageSize())
            .addService(ReferenceBroadcasts.service(authorizer, engine));
    ServiceProxy.definitions(health).stream()
        .filter(
            service ->
                !service.getServiceDescriptor().getName().equals(PushServerGrpc.SERVICE_NAME))
        .forEach(builder::addService);
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
