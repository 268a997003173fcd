package io.pushfanout.server;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.access.Access;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.tools.SomeLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A real server on a free port before a {@link FakeEngine}, and a real client of it. */
final class RunningServer implements AutoCloseable {
  static final long CLOCK = 1_000_000_000_000L;

  private static final Duration SWEEP_EVERY = Duration.ofMillis(10);

  final FakeEngine engine = new FakeEngine();
  final Totals totals = new Totals();
  final MemoryBudget memory;
  final PushGrpcServer server;
  final ManagedChannel channel;
  private final AtomicLong clock = new AtomicLong(CLOCK);
  private final long direct;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  RunningServer() throws IOException {
    this(Limits.DEFAULT);
  }

  RunningServer(int maxMessageSize) throws IOException {
    this(SomeLimits.messageSize(maxMessageSize));
  }

  RunningServer(Limits limits) throws IOException {
    this(limits, Protection.NONE, InsecureChannelCredentials.create());
  }

  /** One that asks who may broadcast. */
  RunningServer(Access access) throws IOException {
    this(access, PlatformDependent.maxDirectMemory());
  }

  /**
   * @param direct bytes of direct memory that the process has, as far as the server knows
   */
  RunningServer(Access access, long direct) throws IOException {
    this(
        Limits.DEFAULT,
        Protection.of(null, access, null),
        InsecureChannelCredentials.create(),
        direct);
  }

  /** One whose calls are audited. */
  RunningServer(Limits limits, @Nullable Access access, AuditSink audit) throws IOException {
    this(limits, Protection.of(null, access, audit), InsecureChannelCredentials.create());
  }

  RunningServer(@Nullable Access access, ServerCredentials credentials, ChannelCredentials caller)
      throws IOException {
    this(Limits.DEFAULT, new Protection(credentials, access, null), caller);
  }

  RunningServer(Limits limits, Protection protection, ChannelCredentials caller)
      throws IOException {
    this(limits, protection, caller, PlatformDependent.maxDirectMemory());
  }

  private RunningServer(
      Limits limits, Protection protection, ChannelCredentials caller, long direct)
      throws IOException {
    this.direct = direct;
    memory = new MemoryBudget(limits.memoryBudget());
    server = serverOn(new ServerOptions("127.0.0.1", 0, limits), protection);
    server.start();
    channel = connect(caller);
  }

  /** Another connection. */
  ManagedChannel connect(ChannelCredentials caller) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port(), caller).build();
  }

  /** Another server on the same loops. */
  PushGrpcServer serverOn(ServerOptions options) {
    return serverOn(options, Protection.NONE);
  }

  private PushGrpcServer serverOn(ServerOptions options, Protection protection) {
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

  /** Its time stands still otherwise. */
  void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  /** Calls with these very bytes as the message. */
  BroadCastReply call(Rpc rpc, byte[] message, String... metadata) {
    return call(CallOptions.DEFAULT, rpc, message, metadata);
  }

  BroadCastReply call(CallOptions options, Rpc rpc, byte[] message, String... metadata) {
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

  ClientCall<byte[], BroadCastReply> newCall(Rpc rpc) {
    return channel.newCall(method(rpc), CallOptions.DEFAULT);
  }

  static MethodDescriptor<byte[], BroadCastReply> method(Rpc rpc) {
    return MethodDescriptor.<byte[], BroadCastReply>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("protocol.PushServer/" + rpc.method())
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(ProtoUtils.marshaller(BroadCastReply.getDefaultInstance()))
        .build();
  }

  /** A figure of the calls that came so far, over all methods. */
  long calls(ToLongFunction<MethodCalls> figure) {
    return server.calls().stream().mapToLong(figure).sum();
  }

  long counted(CallOutcome outcome) {
    return totals.noFanout().broadcasts(outcome);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close(Duration.ZERO);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
