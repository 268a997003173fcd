package io.pushfanout.server;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProcessId;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.CallerConnection;
import io.pushfanout.server.guard.ConnectionLimitHandler;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.InboundByteCounter;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.server.guard.MessageSizeInterceptor;
import io.pushfanout.server.guard.OverShare;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC server for business servers: broadcasts, health and reflection.
 *
 * <p>Calls are handled on the event loops themselves: nothing in a handler blocks. Its methods may
 * be called from any thread but an event loop.
 */
public final class PushGrpcServer {
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);

  /** For the connections to go, once there is nothing to wait for. */
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final GuardedServices services;
  private final Future<?> sweep;
  private final ConnectionLimitHandler gate;
  private final CallMeter callMeter;
  private final Server server;

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
      ServerSecurity protection) {
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
      ServerSecurity protection,
      long direct,
      Duration sweepEvery) {
    this.options = options;
    Limits limits = options.limits();
    BroadcastAudit audit = audit(protection, nanoClock);
    services =
        new GuardedServices(
            limits,
            ProcessId.random(),
            audit == null ? broadcasts : audit.recordingMessages(broadcasts),
            totals.noFanout(),
            memory,
            nanoClock,
            audit == null ? protection.access() : audit.recordingCallers(protection.access()),
            direct);
    gate = new ConnectionLimitHandler(limits.maxConnections(), nanoClock);
    callMeter = new CallMeter(services.definitions());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(options.bind(), options.port()), protection.credentials())
            .channelFactory(gate.gated(channelType))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .addStreamTracerFactory(InboundByteCounter.factory(services.arrivals()))
            .addStreamTracerFactory(callMeter)
            .addTransportFilter(CallerConnection.filter())
            // MessageSizeInterceptor does better what gRPC's limit would do.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .decompressorRegistry(MessageSizeInterceptor.decompressors(limits.maxMessageSize()))
            .addServices(services.definitions());
    if (audit != null) {
      builder.addStreamTracerFactory(audit.tracers());
    }
    Http2Limits.applyTo(builder, limits);
    server = builder.build();
    sweep =
        new RepeatedTask("a look for calls that are half sent", services::endHalfSent)
            .start(loops, sweepEvery, sweepEvery);
  }

  private static @Nullable BroadcastAudit audit(ServerSecurity protection, LongSupplier nanoClock) {
    AuditSink sink = protection.audit();
    return sink == null ? null : new BroadcastAudit(sink, InstantSource.system(), nanoClock);
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

  /** How often a party was refused more than its share, by what is shared. From any thread. */
  public Map<String, Long> shareRefusals() {
    Map<String, Long> refusals = new TreeMap<>();
    shares().forEach((what, watch) -> refusals.put(what, watch.shares().refusals()));
    return refusals;
  }

  /** Who has had more than its share a moment ago. From any thread. */
  public List<Problem> problems() {
    return shares().values().stream().flatMap(watch -> watch.problem().stream()).toList();
  }

  private Map<String, OverShare> shares() {
    Map<String, OverShare> all = new TreeMap<>(services.shares());
    all.put("connections", gate.shares());
    return all;
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
    services.setReady(ready);
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
    services.refuseNew();
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
      services.awaitNone(deadline);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
    awaitConnectionsGone();
  }
}
