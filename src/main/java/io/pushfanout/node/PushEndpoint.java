package io.pushfanout.node;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.pushfanout.model.ListenException;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The gRPC server of a node, which PushFanout calls: broadcasts, health and reflection. */
final class PushEndpoint {
  /** Heap bytes for each thread, which may hold a large message in several forms. */
  private static final int HEAP_PER_THREAD = 16 << 20;

  /** Maximum of PushFanout's workers for one node, which are calls or streams. */
  private static final int MAX_CALLS_PER_CONNECTION = 1024;

  private final HealthStatusManager health = new HealthStatusManager();
  private final ExecutorService executor;
  private final Server server;
  private final UserServer users;

  private PushEndpoint(
      InetSocketAddress address,
      @Nullable ReloadingTlsContext tls,
      UserServer users,
      Duration dedupeWindow) {
    this.users = users;
    long heap = Runtime.getRuntime().maxMemory();
    // A call's work is short and never blocks, so a thread for each core is enough.
    executor =
        Executors.newFixedThreadPool(
            Math.clamp(heap / HEAP_PER_THREAD, 1, Runtime.getRuntime().availableProcessors()),
            new ThreadFactoryBuilder().setNameFormat("node-grpc-%d").build());
    RecentMessages recent = new RecentMessages(dedupeWindow, heap, System::nanoTime);
    server =
        NettyServerBuilder.forAddress(
                address,
                tls == null ? InsecureServerCredentials.create() : GrpcTlsCredentials.server(tls))
            .executor(executor)
            .maxInboundMessageSize(users.limits().maxMessageBytes())
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .addService(new PushService(users, recent))
            .addService(new DeliveryService(users, recent, heap))
            .addService(new InterestService(users))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection())
            .build();
  }

  /**
   * Returns the service {@code grpc.reflection.v1alpha}, the only version that some tools support.
   */
  @SuppressWarnings("deprecation") // deprecated in favour of v1, which is served too
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /**
   * @param tls the node's certificate and the CAs that it trusts; null: no TLS
   * @throws IOException when the port cannot be bound; nothing is left running then
   */
  static PushEndpoint start(
      NodeOptions options, @Nullable ReloadingTlsContext tls, UserServer users) throws IOException {
    String host = options.bind();
    int port = options.grpcPort();
    PushEndpoint endpoint =
        new PushEndpoint(new InetSocketAddress(host, port), tls, users, options.dedupeWindow());
    try {
      endpoint.server.start();
    } catch (IOException e) {
      endpoint.executor.shutdown();
      throw new ListenException(host, port, "gRPC", e);
    }
    endpoint.health.setStatus(PushServerGrpc.SERVICE_NAME, ServingStatus.SERVING);
    return endpoint;
  }

  int port() {
    return server.getPort();
  }

  /** Finishes the calls in flight and stops, within about the given time. */
  void close(Duration timeout) {
    health.enterTerminalState();
    server.shutdown();
    // No process ends the stream of rooms by itself.
    users.listings(RoomListings::close);
    try {
      if (!server.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdown();
    }
  }
}
