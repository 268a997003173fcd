package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.server.guard.CallsInFlight;
import io.pushfanout.server.guard.IncompleteCalls;
import io.pushfanout.server.guard.OverShare;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to health and reflection, which gRPC's library serves within this process. Their calls
 * have limits of their own, and no part in those of broadcasts. From any thread.
 */
final class ServiceProxy implements AutoCloseable {
  /** Bytes of the largest request to health or reflection, which is a name. */
  static final int MAX_NAME_BYTES = 4 << 10;

  /**
   * Streams of health and reflection: a watch of health has no end, and its caller is not
   * authenticated.
   */
  private static final int STREAMS_MAX = 1000;

  /** Unary calls of health with an incomplete request. */
  private static final int INCOMPLETE_MAX = 1000;

  /** Time for a name to be complete. */
  private static final Duration NAME_TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, Method> methods = new HashMap<>();
  private final String name = InProcessServerBuilder.generateName();
  private final Server server;
  private @Nullable ManagedChannel channel;
  private final CallMeter meter;
  private final CallsInFlight streams;
  private final IncompleteCalls incomplete;
  private final OverShare share;

  /**
   * A method of a service.
   *
   * @param calls the method for calls within the process
   * @param requests a parser of its requests
   */
  record Method(MethodDescriptor<byte[], byte[]> calls, Parser<? extends Message> requests) {
    boolean isUnary() {
      return calls.getType() == MethodType.UNARY;
    }

    boolean takesOneRequest() {
      return calls.getType().clientSendsOneMessage();
    }

    /** Returns whether the bytes are a request. */
    boolean accepts(byte[] request) {
      try {
        requests.parseFrom(request);
        return true;
      } catch (InvalidProtocolBufferException _) {
        return false;
      }
    }
  }

  /**
   * @param health the service of health
   * @param meter counts the calls
   */
  ServiceProxy(HealthStatusManager health, CallMeter meter, LongSupplier nanoClock) {
    this.meter = meter;
    List<ServerServiceDefinition> services = definitions(health);
    services.stream()
        .filter(service -> !isOfBroadcasts(service))
        .flatMap(service -> service.getMethods().stream())
        .forEach(method -> add(method.getMethodDescriptor()));
    server = InProcessServerBuilder.forName(name).directExecutor().addServices(services).build();
    streams = new CallsInFlight(STREAMS_MAX, "this server's health and reflection", () -> {});
    share = new OverShare(streams.shares(), "streams of health and reflection", nanoClock);
    incomplete = new IncompleteCalls(INCOMPLETE_MAX, NAME_TIMEOUT, nanoClock);
  }

  /**
   * Returns all services of the server. Those of broadcasts are there for reflection alone: their
   * calls never come here.
   */
  static List<ServerServiceDefinition> definitions(HealthStatusManager health) {
    return List.of(
        new PushServerGrpc.PushServerImplBase() {}.bindService(),
        new IngestGrpc.IngestImplBase() {}.bindService(),
        health.getHealthService().bindService(),
        ProtoReflectionServiceV1.newInstance().bindService(),
        olderReflection().bindService());
  }

  private static boolean isOfBroadcasts(ServerServiceDefinition service) {
    String name = service.getServiceDescriptor().getName();
    return name.equals(PushServerGrpc.SERVICE_NAME) || name.equals(IngestGrpc.SERVICE_NAME);
  }

  /** Returns {@code grpc.reflection.v1alpha}, the only reflection that some tools use. */
  @SuppressWarnings("deprecation") // Deprecated in favour of v1, which is served too.
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  private <Q, R> void add(MethodDescriptor<Q, R> method) {
    var requests = (PrototypeMarshaller<Q>) method.getRequestMarshaller();
    Message prototype = (Message) requests.getMessagePrototype();
    if (prototype == null) {
      throw new IllegalStateException("no prototype of " + method.getFullMethodName());
    }
    methods.put(
        method.getFullMethodName(),
        new Method(
            MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build(),
            prototype.getParserForType()));
  }

  /** Returns a method by its full name without a slash in front; null for another. */
  @Nullable Method find(String fullMethodName) {
    return methods.get(fullMethodName);
  }

  /** Starts the services. */
  void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is bound within a process.
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** Returns the channel to the services, once started. */
  ManagedChannel channel() {
    return requireNonNull(channel);
  }

  CallsInFlight streams() {
    return streams;
  }

  IncompleteCalls incomplete() {
    return incomplete;
  }

  /** Returns the shares of callers in the streams. */
  OverShare share() {
    return share;
  }

  /** Returns the stream of a call. */
  ServiceStream newStream(CallRouter.Route.ToService route, CallerSession session) {
    return new ServiceStream(
        this, session, meter.of(route.method().calls().getFullMethodName()), route);
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  /** A marshaller of messages that stay bytes. */
  static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // The bytes are in memory.
      }
    }
  }
}
