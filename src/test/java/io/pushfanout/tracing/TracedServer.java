package io.pushfanout.tracing;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.app.Server;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.app.SourceOptions;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.protocol.v1.PublishResponse;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.guard.Limits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A whole server in this process, and a caller that waits for its deliveries. */
final class TracedServer implements AutoCloseable {
  private static final BroadCastReq MESSAGE =
      BroadCastReq.newBuilder()
          .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8("hello")))
          .build();

  private final Server server;
  private final Listening listening;
  private final ManagedChannel channel;

  TracedServer(TracingOptions tracing, TracedNode... nodes) throws Exception {
    server = new Server(options(tracing, Arrays.stream(nodes).map(TracedNode::address).toList()));
    listening = server.start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", listening.grpc().port()).usePlaintext().build();
  }

  private static ServeOptions options(TracingOptions tracing, List<NodeAddress> nodes) {
    return new ServeOptions(
        new ServerOptions("127.0.0.1", 0, Limits.DEFAULT),
        null,
        false,
        0,
        List.of(),
        List.of(),
        new SourceOptions(
            nodes,
            FanoutSettings.DEFAULT,
            new Discovery.Etcd(Discovery.Etcd.DEFAULT_SERVICE, Duration.ZERO),
            null,
            null),
        EtcdOptions.LOCAL,
        Map.of(),
        null,
        null,
        tracing,
        new BroadcastRequest.Target.All(),
        new AuthMode.None(),
        Duration.ZERO,
        Duration.ofSeconds(10),
        "traced");
  }

  /** Broadcasts to all, with this metadata as names and values. */
  BroadCastReply broadcast(String... metadata) {
    return stub(metadata).broadcast(MESSAGE);
  }

  BroadCastReply broadcastToRoom(String... metadata) {
    return stub(metadata)
        .broadcastToRoom(
            BroadCastRoomReq.newBuilder().setRoomId("r").setProto(MESSAGE.getProto()).build());
  }

  private PushServerGrpc.PushServerBlockingStub stub(String... metadata) {
    return PushServerGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(waiting(metadata)))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static Metadata waiting(String... metadata) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("pushfanout-wait", Metadata.ASCII_STRING_MARSHALLER), "delivered");
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return headers;
  }

  /** Publishes messages by a stream, each with a place in a trace; an empty one is none. */
  void publish(String ofStream, String... traceparents) throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    StreamObserver<PublishRequest> stream =
        IngestGrpc.newStub(channel)
            .withInterceptors(
                MetadataUtils.newAttachHeadersInterceptor(waiting("traceparent", ofStream)))
            .publish(
                new StreamObserver<PublishResponse>() {
                  @Override
                  public void onNext(PublishResponse response) {}

                  @Override
                  public void onError(Throwable error) {
                    over.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {
                    over.complete(null);
                  }
                });
    PublishRequest.Builder request = PublishRequest.newBuilder();
    for (String traceparent : traceparents) {
      request.addEnvelopes(
          Envelope.newBuilder().setBroadcast(MESSAGE.toByteString()).setTraceparent(traceparent));
    }
    stream.onNext(request.build());
    stream.onCompleted();
    over.get(20, TimeUnit.SECONDS);
  }

  String metrics(String accept) throws Exception {
    return http(HttpRequest.newBuilder(uri("/metrics")).header("accept", accept));
  }

  /** Broadcasts by HTTP. */
  String post(String traceparent) throws Exception {
    return http(
        HttpRequest.newBuilder(uri("/api/v1/broadcast"))
            .header("content-type", "application/json")
            .header("traceparent", traceparent)
            .POST(HttpRequest.BodyPublishers.ofString("{\"wait\":\"delivered\"}")));
  }

  private URI uri(String path) {
    return URI.create("http://" + listening.http() + path);
  }

  private static String http(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.stop();
  }
}
