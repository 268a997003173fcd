package io.pushfanout.server;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
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

/** The server on the transport of gRPC's library. */
final class LibraryServer implements CallerServer {
  /** Time for the connections to close, once nothing is pending. */
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final GuardedServices services;
  private final Future<?> sweep;
  private final ConnectionLimitHandler connectionLimit;
  private final CallMeter callMeter;
  private final Server server;

  /**
   * @param loops the event loops of the server, shared and not closed here
   * @param channelType the kind of channel that the loops are for
   * @param memory the budget of messages, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   * @param direct bytes of direct memory of the process
   * @param sweepEvery the time between two checks for incomplete requests
   */
  LibraryServer(
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
    Limits limits = options.limits();
    BroadcastAudit audit = audit(security, nanoClock);
    services =
        new GuardedServices(
            limits,
            ProcessId.random(),
            audit == null ? broadcasts : audit.recordingMessages(broadcasts),
            totals.noFanout(),
            memory,
            nanoClock,
            audit == null ? security.authorizer() : audit.recordingCallers(security.authorizer()),
            direct);
    connectionLimit = new ConnectionLimitHandler(limits.maxConnections(), nanoClock);
    callMeter = new CallMeter(services.definitions());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(options.bind(), options.port()), security.credentials())
            .channelFactory(connectionLimit.channelFactory(channelType))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .addStreamTracerFactory(InboundByteCounter.factory(services.arrivals()))
            .addStreamTracerFactory(callMeter)
            .addTransportFilter(CallerConnection.filter())
            // MessageSizeInterceptor replaces gRPC's limit.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .decompressorRegistry(MessageSizeInterceptor.decompressors(limits.maxMessageSize()))
            .addServices(services.definitions());
    if (audit != null) {
      builder.addStreamTracerFactory(audit.tracers());
    }
    Http2Limits.applyTo(builder, limits);
    server = builder.build();
    sweep =
        new RepeatedTask("the check for incomplete requests", services::endExpired)
            .start(loops, sweepEvery, sweepEvery);
  }

  private static @Nullable BroadcastAudit audit(ServerSecurity security, LongSupplier nanoClock) {
    AuditSink sink = security.audit();
    return sink == null ? null : new BroadcastAudit(sink, InstantSource.system(), nanoClock);
  }

  /**
   * Starts to listen.
   *
   * @throws IOException when the port cannot be bound; the message names it
   */
  @Override
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw new ListenException(options.bind(), options.port(), "gRPC", e);
    }
  }

  /** Returns the port that the server listens on, once started. */
  @Override
  public int port() {
    return server.getPort();
  }

  /** Returns the calls of each method so far, health and reflection included. From any thread. */
  @Override
  public List<MethodCalls> calls() {
    return callMeter.read();
  }

  /** Returns the number of callers' connections that are open now. From any thread. */
  @Override
  public int connections() {
    return connectionLimit.open();
  }

  @Override
  public Map<String, OverShare> shares() {
    Map<String, OverShare> all = new TreeMap<>(services.shares());
    all.put("connections", connectionLimit.shares());
    return all;
  }

  /** Returns the number of connections closed because there were too many. From any thread. */
  @Override
  public long connectionsRefused() {
    return connectionLimit.refused();
  }

  /** Returns callers' failed TLS handshakes so far, for each problem. From any thread. */
  @Override
  public Map<HandshakeProblem, Long> failedHandshakes() {
    return connectionLimit.handshakes().failures();
  }

  /** Sets the health status, which is not ready at first. Broadcasts are accepted either way. */
  @Override
  public void setReady(boolean ready) {
    services.setReady(ready);
  }

  /**
   * Drains the open connections: sends GOAWAY on each and serves on until they have closed. So
   * callers find another replica before this one refuses, and calls sent meanwhile get their
   * replies. New connections are served, or refused, as before.
   *
   * @param patience the longest wait
   */
  @Override
  public void sendAway(Duration patience) {
    try {
      connectionLimit.drain(patience);
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
   * Refuses all further broadcasts with UNAVAILABLE, and sets health to NOT_SERVING for good. Calls
   * that the engine holds still get their replies.
   */
  @Override
  public void refuseNew() {
    services.refuseNew();
  }

  /**
   * Stops listening, waits until the broadcasts in flight have their replies, and at the deadline
   * cancels those that are left. May be called more than once.
   */
  @Override
  public void close(Duration deadline) {
    refuseNew();
    sweep.cancel(false);
    server.shutdown();
    // A call that is under way must get a refusal, not a dead connection.
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
