package io.pushfanout.server;

import static io.grpc.health.v1.HealthCheckResponse.ServingStatus.NOT_SERVING;
import static io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProcessId;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.ConnectionLimitHandler;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.OverShare;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC server for business servers: broadcasts, health and reflection.
 *
 * <p>Calls are handled on the event loops themselves: nothing in a handler blocks. The server's
 * methods may be called from any thread but an event loop.
 */
public final class PushGrpcServer {
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);

  /** Time for the connections to close, once nothing is pending. */
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final HealthStatusManager health = new HealthStatusManager();
  private final BroadcastGate gate;
  private final BroadcastEntry entry;
  private final ServiceProxy services;
  private final CallMeter meter;
  private final ConnectionLimitHandler connectionLimit;
  private final ServerBootstrap bootstrap;
  private final Future<?> sweep;

  /** The resources that callers share, by their names in the metrics. */
  private final Map<String, OverShare> shares = new TreeMap<>();

  private @Nullable Channel listening;

  /**
   * @param loops the event loops of the server, shared and not closed here
   * @param channelType the kind of channel that the loops are for
   * @param memory the budget of messages, those that are arriving included
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
      ServerSecurity security) {
    this(
        options,
        loops,
        channelType,
        broadcasts,
        totals,
        memory,
        nanoClock,
        security,
        PlatformDependent.maxDirectMemory(),
        SWEEP_EVERY);
  }

  /**
   * Creates a server with the memory and times of a test.
   *
   * @param direct bytes of direct memory of the process
   * @param sweepEvery the time between two checks for incomplete requests
   */
  PushGrpcServer(
      ServerOptions options,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      Broadcasts broadcasts,
      Totals totals,
      MemoryBudget memory,
      LongSupplier nanoClock,
      ServerSecurity security,
      long direct,
      Duration sweepEvery) {
    this.options = options;
    BroadcastAudit audit =
        security.audit() == null
            ? null
            : new BroadcastAudit(security.audit(), InstantSource.system(), nanoClock);
    meter = new CallMeter(ServiceProxy.definitions(health));
    gate =
        new BroadcastGate(
            options.limits(),
            broadcasts,
            totals.noFanout(),
            memory,
            nanoClock,
            security.authorizer(),
            audit,
            direct,
            meter);
    services = new ServiceProxy(health, meter, nanoClock);
    setReady(false);
    LoopGuard hops = new LoopGuard(ProcessId.random());
    entry = new BroadcastEntry(gate, hops);
    CallRouter router = new CallRouter(gate, hops, services, meter);
    CallerChannels channels =
        new CallerChannels(router, options.limits(), security.tls(), nanoClock);
    connectionLimit =
        new ConnectionLimitHandler(options.limits().maxConnections(), nanoClock, channels::drain);
    bootstrap =
        new ServerBootstrap()
            .group(loops, loops)
            .channelFactory(connectionLimit.channelFactory(channelType))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, Http2Limits.ONE_READ_AT_A_TIME)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.init(channel);
                  }
                });
    shares.putAll(gate.shares());
    shares.put("streams", services.share());
    shares.put("connections", connectionLimit.shares());
    sweep =
        new RepeatedTask("the check for incomplete requests", this::endExpired)
            .start(loops, sweepEvery, sweepEvery);
  }

  private void endExpired() {
    gate.incomplete().endExpired();
    services.incomplete().endExpired();
  }

  /**
   * Starts to listen.
   *
   * @throws ListenException when the port cannot be bound; the message names it
   */
  public void start() throws IOException {
    services.start();
    ChannelFuture bound = bootstrap.bind(options.bind(), options.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      services.close();
      throw new ListenException(options.bind(), options.port(), "gRPC", bound.cause());
    }
    listening = bound.channel();
  }

  /** Returns the entry for broadcasts that another protocol brings. From any thread. */
  public BroadcastEntry entry() {
    return entry;
  }

  /** Returns the port that the server listens on, once started. */
  public int port() {
    return listening != null && listening.localAddress() instanceof InetSocketAddress local
        ? local.getPort()
        : -1;
  }

  /** Returns the calls of each method so far, health and reflection included. From any thread. */
  public List<MethodCalls> calls() {
    return meter.read();
  }

  /** Returns the number of callers' connections that are open now. From any thread. */
  public int connections() {
    return connectionLimit.open();
  }

  /** Returns the refusals beyond a party's share, by the shared resource. From any thread. */
  public Map<String, Long> shareRefusals() {
    Map<String, Long> refusals = new TreeMap<>();
    shares.forEach((resource, watch) -> refusals.put(resource, watch.shares().refusals()));
    return refusals;
  }

  /**
   * Returns the problems of parties that were refused more than their share recently. From any
   * thread.
   */
  public List<Problem> problems() {
    return shares.values().stream().flatMap(watch -> watch.problem().stream()).toList();
  }

  /** Returns the number of connections closed because there were too many. From any thread. */
  public long connectionsRefused() {
    return connectionLimit.refused();
  }

  /** Returns callers' failed TLS handshakes so far, for each problem. From any thread. */
  public Map<HandshakeProblem, Long> failedHandshakes() {
    return connectionLimit.handshakes().failures();
  }

  /** Sets the health status, which is not ready at first. Broadcasts are accepted either way. */
  public void setReady(boolean ready) {
    ServingStatus status = ready ? SERVING : NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PushServerGrpc.SERVICE_NAME, status);
  }

  /**
   * Drains the open connections: sends GOAWAY on each and serves on until they have closed. So
   * callers find another replica before this one refuses, and calls sent meanwhile get their
   * replies. New connections are served, or refused, as before.
   *
   * @param patience the longest wait
   */
  public void sendAway(Duration patience) {
    try {
      connectionLimit.drain(patience);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Refuses all further broadcasts with UNAVAILABLE, and sets health to NOT_SERVING for good. Calls
   * that the engine holds still get their replies.
   */
  public void refuseNew() {
    // Once only: health logs a warning about a second time.
    if (gate.refuseNew()) {
      health.enterTerminalState();
    }
  }

  /**
   * Stops listening, waits until the broadcasts in flight have their replies, and at the deadline
   * cancels those that are left. May be called more than once.
   */
  public void close(Duration deadline) {
    refuseNew();
    sweep.cancel(false);
    if (listening != null) {
      listening.close().awaitUninterruptibly(LAST_GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
    try {
      // A call that is under way must get a refusal, not a dead connection.
      connectionLimit.drain(LAST_GRACE);
      gate.inFlight().awaitNone(deadline);
      connectionLimit.closeAll(LAST_GRACE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    services.close();
  }
}
