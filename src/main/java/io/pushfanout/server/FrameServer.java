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
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
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

/** The server on connections with own frames. */
final class FrameServer implements CallerServer {
  /** Time for the connections to close, once nothing is pending. */
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final HealthStatusManager health = new HealthStatusManager();
  private final BroadcastGate gate;
  private final ServiceProxy services;
  private final CallMeter meter;
  private final ConnectionLimitHandler connectionLimit;
  private final ServerBootstrap bootstrap;
  private final Future<?> sweep;
  private final Map<String, OverShare> shares = new TreeMap<>();
  private @Nullable Channel listening;

  FrameServer(
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
    CallRouter router = new CallRouter(gate, new LoopGuard(ProcessId.random()), services, meter);
    CallerChannels channels =
        new CallerChannels(router, options.limits(), security.tls(), nanoClock);
    connectionLimit =
        new ConnectionLimitHandler(options.limits().maxConnections(), nanoClock, channels);
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

  @Override
  public void start() throws IOException {
    services.start();
    ChannelFuture bound = bootstrap.bind(options.bind(), options.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      services.close();
      throw new ListenException(options.bind(), options.port(), "gRPC", bound.cause());
    }
    listening = bound.channel();
  }

  @Override
  public int port() {
    return listening != null && listening.localAddress() instanceof InetSocketAddress local
        ? local.getPort()
        : -1;
  }

  @Override
  public List<MethodCalls> calls() {
    return meter.read();
  }

  @Override
  public int connections() {
    return connectionLimit.open();
  }

  @Override
  public Map<String, OverShare> shares() {
    return shares;
  }

  @Override
  public long connectionsRefused() {
    return connectionLimit.refused();
  }

  @Override
  public Map<HandshakeProblem, Long> failedHandshakes() {
    return connectionLimit.handshakes().failures();
  }

  @Override
  public void setReady(boolean ready) {
    ServingStatus status = ready ? SERVING : NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PushServerGrpc.SERVICE_NAME, status);
  }

  @Override
  public void sendAway(Duration patience) {
    try {
      connectionLimit.drain(patience);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void refuseNew() {
    // Once only: health logs a warning about a second time.
    if (gate.refuseNew()) {
      health.enterTerminalState();
    }
  }

  @Override
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
