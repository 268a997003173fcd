package io.pushfanout.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.access.Access;
import io.pushfanout.fanout.FanoutTotals;
import io.pushfanout.fanout.MemoryBudget;
import io.pushfanout.fanout.Totals;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.protocol.PushServerGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The gRPC server for business servers: broadcasts, health and reflection.
 *
 * <p>Calls are handled on the event loops themselves: nothing in a handler blocks. Its methods may
 * be called from any thread but an event loop.
 */
public final class PushGrpcServer {
  /**
   * Room for {@code pushfanout-nodes} with the 100 dropped nodes of a reply, each with a host name
   * of the longest kind (26 KiB), and as much again for what proxies and tracing add.
   */
  private static final int MAX_METADATA_BYTES = 64 << 10;

  /**
   * What a caller may send ahead, on a connection and on each call. Fixed, since gRPC would else
   * measure the connection with PINGs all the time, and open the window to 8 MiB.
   */
  private static final int WINDOW_BYTES = 1 << 20;

  /**
   * At most one read (64 KiB) of a connection before the others have their turn: callers share the
   * loop with deliveries, and one that keeps thousands of calls in flight must not starve them.
   */
  private static final RecvByteBufAllocator ONE_READ_AT_A_TIME =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1);

  /** Requests of health and reflection are names. */
  private static final int MAX_NAME_BYTES = 4 << 10;

  /** Callers with ordinary keepalive settings (10 s and more) must not be sent away. */
  private static final long PERMIT_KEEPALIVE_SECONDS = 10;

  private static final long HANDSHAKE_SECONDS = 20;

  private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);

  /** A connection without a call is asked to go then; its caller comes back with its next call. */
  private static final long IDLE_MINUTES = 30;

  /** So that no connection has all of {@code --max-calls}. A client waits when it has so many. */
  private static final int CALLS_OF_CONNECTION = 2000;

  /**
   * More calls cancelled on one connection within a second than it may have in flight twice over:
   * no caller whose calls time out does that, and who begins calls to cancel them is cut off.
   */
  private static final int RESETS_MAX = 4000;

  private static final int RESETS_SECONDS = 1;

  /** What of the direct memory, and of the budget, messages may take that are not whole yet. */
  private static final int ARRIVALS_PART = 2;

  /** Watches of health have no end, and nobody is asked who begins one. */
  private static final int OPEN_CALLS_MAX = 1000;

  /**
   * For the calls of a connection that grew too old: longer than any caller is held. It ends what
   * would last for ever, such as a watch of health.
   */
  private static final long AGED_GRACE_SECONDS = 120;

  /** For the connections to go, once there is nothing to wait for. */
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final HealthStatusManager health = new HealthStatusManager();
  private final CallsInFlight broadcastsInFlight;
  private final Future<?> sweep;
  private final ConnectionGate gate;
  private final CallMeter callMeter;
  private final Server server;
  private final AtomicBoolean refusing = new AtomicBoolean();

  /**
   * @param loops the event loops to live on, shared and not closed here
   * @param channelType the kind of channel that the loops are for
   * @param memory what messages may take, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   */
  public PushGrpcServer(
      ServerOptions options,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      Broadcasts broadcasts,
      Totals totals,
      MemoryBudget memory,
      LongSupplier nanoClock,
      Protection protection) {
    this(
        options,
        loops,
        channelType,
        broadcasts,
        totals,
        memory,
        nanoClock,
        protection,
        PlatformDependent.maxDirectMemory(),
        SWEEP_EVERY);
  }

  /**
   * The same in a process of a test's making.
   *
   * @param direct bytes of direct memory that there are
   * @param sweepEvery between two looks for calls whose message does not end
   */
  PushGrpcServer(
      ServerOptions options,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      Broadcasts broadcasts,
      Totals totals,
      MemoryBudget memory,
      LongSupplier nanoClock,
      Protection protection,
      long direct,
      Duration sweepEvery) {
    this.options = options;
    setReady(false);
    FanoutTotals noFanout = totals.noFanout();
    Limits limits = options.limits();
    int maxSize = limits.maxMessageSize();
    BroadcastHandler handler =
        new BroadcastHandler(broadcasts, noFanout, nanoClock, refusing::get, maxSize);
    Runnable countLimited = () -> noFanout.countBroadcast(CallOutcome.LIMITED);
    Arrivals arrivals =
        new Arrivals(memory, Math.min(direct, limits.memoryBudget()) / ARRIVALS_PART);
    broadcastsInFlight =
        new CallsInFlight(limits.maxCalls(), "the server's " + Limits.MAX_CALLS_FLAG, countLimited);
    gate = new ConnectionGate(limits.maxConnections(), nanoClock);
    MessageSizeLimit names =
        new MessageSizeLimit(
            MAX_NAME_BYTES,
            Status.RESOURCE_EXHAUSTED.withDescription(
                "the request is larger than " + MAX_NAME_BYTES + " bytes"),
            null,
            () -> {});
    CallsInFlight open =
        new CallsInFlight(OPEN_CALLS_MAX, "this server's most of health and reflection", () -> {});
    // The last is asked first: what arrives is metered whatever becomes of the call.
    List<ServerInterceptor> ofBroadcasts = new ArrayList<>();
    HalfSentCalls halfSent = new HalfSentCalls(nanoClock, countLimited);
    ofBroadcasts.add(halfSent);
    ofBroadcasts.add(broadcastsInFlight);
    if (limits.maxCallerRate() > 0) {
      ofBroadcasts.add(
          new CallerRateLimit(
              limits.maxCallerRate(), CallerKey::identityOrAddress, nanoClock, countLimited));
    }
    Access access = protection.access();
    if (access != null) {
      ofBroadcasts.add(new AccessGate(access, noFanout, direct / 2 / WINDOW_BYTES));
    }
    ofBroadcasts.add(
        new MessageSizeLimit(maxSize, BroadcastHandler.tooLarge(maxSize), arrivals, countLimited));
    List<ServerServiceDefinition> services =
        List.of(
            ServerInterceptors.intercept(PushService.of(handler), ofBroadcasts),
            ServerInterceptors.intercept(
                QuietService.of(health.getHealthService().bindService()), open, names),
            ServerInterceptors.intercept(
                QuietService.of(ProtoReflectionServiceV1.newInstance().bindService()),
                open,
                names));
    callMeter = new CallMeter(services);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(options.bind(), options.port()), protection.credentials())
            .channelFactory(gate.gated(channelType))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, ONE_READ_AT_A_TIME)
            .directExecutor()
            .flowControlWindow(WINDOW_BYTES)
            .addStreamTracerFactory(WireMeter.factory(arrivals))
            .addStreamTracerFactory(callMeter)
            .addTransportFilter(CallerConnection.filter())
            // MessageSizeLimit does better what gRPC's limit would do.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .decompressorRegistry(MessageSizeLimit.decompressors(maxSize))
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .permitKeepAliveTime(PERMIT_KEEPALIVE_SECONDS, SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .handshakeTimeout(HANDSHAKE_SECONDS, SECONDS)
            .maxConnectionIdle(IDLE_MINUTES, MINUTES)
            .maxConcurrentCallsPerConnection(Math.min(limits.maxCalls(), CALLS_OF_CONNECTION))
            .maxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .addServices(services);
    if (!limits.maxConnectionAge().isZero()) {
      // With a jitter of 10 %, of gRPC's, so that callers do not all come back at once.
      builder
          .maxConnectionAge(limits.maxConnectionAge().toNanos(), NANOSECONDS)
          .maxConnectionAgeGrace(AGED_GRACE_SECONDS, SECONDS);
    }
    server = builder.build();
    long pause = sweepEvery.toMillis();
    sweep = loops.scheduleWithFixedDelay(halfSent::endOld, pause, pause, MILLISECONDS);
  }

  /**
   * Begins to listen.
   *
   * @throws IOException when the port cannot be bound; the message names it
   */
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw new ListenException(options.bind(), options.port(), "gRPC", e);
    }
  }

  /** The port that it listens on, once started. */
  public int port() {
    return server.getPort();
  }

  /** The calls of each method so far, health and reflection included. From any thread. */
  public List<MethodCalls> calls() {
    return callMeter.read();
  }

  /** Callers' connections that are open now. From any thread. */
  public int connections() {
    return gate.open();
  }

  /** Connections that were closed because there were too many. From any thread. */
  public long connectionsRefused() {
    return gate.refused();
  }

  /**
   * Callers' TLS handshakes that failed so far, for each problem that there is. From any thread.
   */
  public Map<HandshakeProblem, Long> failedHandshakes() {
    return gate.handshakes().failures();
  }

  /** What health says: not ready at first. Broadcasts are taken either way. */
  public void setReady(boolean ready) {
    ServingStatus status = ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PushServerGrpc.SERVICE_NAME, status);
  }

  /**
   * Asks every connection to go (GOAWAY) and serves on until they have gone. So callers find
   * another replica before this one refuses, and what they sent meanwhile is answered. Whoever
   * comes anew is served, or refused, as before.
   */
  public void sendAway(Duration patience) {
    try {
      gate.sendAway(patience);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitConnectionsGone() {
    try {
      server.awaitTermination(LAST_GRACE.toNanos(), NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * From now on every broadcast is answered UNAVAILABLE, and health says NOT_SERVING for good.
   * Calls that the engine holds are still answered.
   */
  public void refuseNew() {
    // Only once: a second time health would complain in the log.
    if (!refusing.getAndSet(true)) {
      health.enterTerminalState();
    }
  }

  /**
   * Stops listening, waits until the broadcasts in flight are answered, and at the deadline cancels
   * those that are left. May be called more than once.
   */
  public void close(Duration deadline) {
    refuseNew();
    sweep.cancel(false);
    server.shutdown();
    // A call that is under way must be told that it was not taken, not meet a dead connection.
    awaitConnectionsGone();
    try {
      broadcastsInFlight.awaitNone(deadline);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
    awaitConnectionsGone();
  }
}
