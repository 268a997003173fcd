package io.pushfanout.server;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A real server on a free port in front of a {@link FakeEngine}, and a real client of it. */
public final class RunningServer implements AutoCloseable {
  public static final long CLOCK = 1_000_000_000_000L;

  private static final Duration SWEEP_EVERY = Duration.ofMillis(10);

  public final FakeEngine engine = new FakeEngine();
  public final Totals totals = new Totals();
  public final MemoryBudget memory;
  public final PushGrpcServer server;
  public final ManagedChannel channel;
  private final AtomicLong clock = new AtomicLong(CLOCK);
  private final long direct;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("server", true), NioIoHandler.newFactory());

  public RunningServer() throws IOException {
    this(Limits.DEFAULT);
  }

  public RunningServer(int maxMessageSize) throws IOException {
    this(SomeLimits.messageSize(maxMessageSize));
  }

  public RunningServer(Limits limits) throws IOException {
    this(limits, ServerSecurity.NONE, InsecureChannelCredentials.create());
  }

  /** Starts a server with access control. */
  public RunningServer(Authorizer authorizer) throws IOException {
    this(authorizer, PlatformDependent.maxDirectMemory());
  }

  /**
   * @param direct bytes of direct memory that the server assumes for the process
   */
  public RunningServer(Authorizer authorizer, long direct) throws IOException {
    this(
        Limits.DEFAULT,
        ServerSecurity.of(null, authorizer, null),
        InsecureChannelCredentials.create(),
        direct);
  }

  /** Starts a server with an audit. */
  public RunningServer(Limits limits, @Nullable Authorizer authorizer, AuditSink audit)
      throws IOException {
    this(limits, ServerSecurity.of(null, authorizer, audit), InsecureChannelCredentials.create());
  }

  public RunningServer(@Nullable Authorizer authorizer, SslContext tls, ChannelCredentials caller)
      throws IOException {
    this(Limits.DEFAULT, new ServerSecurity(tls, authorizer, null), caller);
  }

  public RunningServer(Limits limits, ServerSecurity protection, ChannelCredentials caller)
      throws IOException {
    this(limits, protection, caller, PlatformDependent.maxDirectMemory());
  }

  private RunningServer(
      Limits limits, ServerSecurity protection, ChannelCredentials caller, long direct)
      throws IOException {
    this.direct = direct;
    memory = new MemoryBudget(limits.memoryBudget());
    server = serverOn(new ServerOptions("127.0.0.1", 0, limits), protection);
    server.start();
    channel = connect(caller);
  }

  /** Opens another connection. */
  public ManagedChannel connect(ChannelCredentials caller) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port(), caller).build();
  }

  /** Returns another server on the same loops. */
  public PushGrpcServer serverOn(ServerOptions options) {
    return serverOn(options, ServerSecurity.NONE);
  }

  private PushGrpcServer serverOn(ServerOptions options, ServerSecurity protection) {
    return new PushGrpcServer(
        options,
        loops,
        NioServerSocketChannel.class,
        engine,
        totals,
        memory,
        clock::get,
        protection,
        direct,
        SWEEP_EVERY);
  }

  /** Advances the server's clock, which stands still otherwise. */
  public void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  /** Calls with these bytes as the message. */
  public BroadCastReply call(Rpc rpc, byte[] message, String... metadata) {
    return call(CallOptions.DEFAULT, rpc, message, metadata);
  }

  public BroadCastReply call(CallOptions options, Rpc rpc, byte[] message, String... metadata) {
    Metadata headers = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
        method(rpc),
        options.getDeadline() == null ? options.withDeadlineAfter(20, TimeUnit.SECONDS) : options,
        message);
  }

  public ClientCall<byte[], BroadCastReply> newCall(Rpc rpc) {
    return channel.newCall(method(rpc), CallOptions.DEFAULT);
  }

  public static MethodDescriptor<byte[], BroadCastReply> method(Rpc rpc) {
    return MethodDescriptor.<byte[], BroadCastReply>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("protocol.PushServer/" + rpc.method())
        .setRequestMarshaller(new ServiceProxy.Bytes())
        .setResponseMarshaller(ProtoUtils.marshaller(BroadCastReply.getDefaultInstance()))
        .build();
  }

  /** Returns the sum of a figure over all methods. */
  public long calls(ToLongFunction<MethodCalls> figure) {
    return server.calls().stream().mapToLong(figure).sum();
  }

  public long counted(CallOutcome outcome) {
    return totals.noFanout().broadcasts(outcome);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close(Duration.ZERO);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
