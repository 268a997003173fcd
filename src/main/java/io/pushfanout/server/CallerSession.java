package io.pushfanout.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandler;
import io.pushfanout.http2.RepeatedHeaders;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.http2.ServerConnectionListener;
import io.pushfanout.http2.ServerStream;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.server.guard.CallerConnection;
import io.pushfanout.server.guard.CallerKey;
import io.pushfanout.server.guard.PeerNames;
import io.pushfanout.server.guard.PingLimiter;
import io.pushfanout.server.guard.SmallFrameLimiter;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a caller: its calls, its credentials, its limits. All methods run on the
 * connection's loop.
 */
final class CallerSession implements ServerConnectionListener, CallerLink {
  private static final Logger log = LoggerFactory.getLogger(CallerSession.class);

  /**
   * Delay of the second GOAWAY: a call sent before the first one reached its caller arrives within
   * it.
   */
  private static final Duration SECOND_GO_AWAY_DELAY = Duration.ofMillis(250);

  private final Channel channel;
  private final CallRouter router;
  private final ServerConnection connection;
  private final ConnectionIntake intake;
  private final ConnectionAge age;
  private final PingLimiter pings;
  private final SmallFrameLimiter smallFragments;
  private final Object network;
  private final List<GrpcStream> unfinished = new ArrayList<>();

  /** Open streams of messages, which a drained connection ends. */
  private final Set<PublishStream> publishing = new LinkedHashSet<>();

  private @Nullable CallerConnection caller;

  /** Route of the last call; most often the next call has the same headers. */
  private CallRouter.@Nullable Route lastRoute;

  private boolean prefaceRead;
  private boolean draining;

  /**
   * @param router decides what a call is for
   * @param gate slows the intake of calls, for all connections of the loop
   */
  CallerSession(
      Channel channel,
      CallRouter router,
      IntakeGate gate,
      ServerConnection.Options options,
      LongSupplier nanoClock) {
    this.channel = channel;
    this.router = router;
    this.network = CallerKey.network(channel.remoteAddress());
    this.connection = new ServerConnection(this, options, WriteBuffers.PROCESS, nanoClock);
    this.intake = new ConnectionIntake(channel, connection, gate, nanoClock);
    this.age = new ConnectionAge(channel, connection, this::drain);
    this.pings = new PingLimiter(nanoClock);
    this.smallFragments = new SmallFrameLimiter(nanoClock);
  }

  ServerConnection connection() {
    return connection;
  }

  ConnectionIntake intake() {
    return intake;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public boolean isOnLoop() {
    return loop().inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    loop().execute(task);
  }

  @Override
  public Object network() {
    return network;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  @Override
  public CallerConnection caller() {
    CallerConnection known = caller;
    if (known == null) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      known =
          new CallerConnection(
              tls == null ? null : PeerNames.of(tls.engine().getSession()), network);
      caller = known;
    }
    return known;
  }

  /** Returns whether the caller has sent HTTP/2's preface. */
  boolean isPrefaceRead() {
    return prefaceRead;
  }

  // ---- the connection's life

  /**
   * Begins a connection.
   *
   * @param maxAgeNanos age at which the connection is drained; 0 is never
   */
  void begin(long maxAgeNanos) {
    age.begin(maxAgeNanos);
  }

  /**
   * Drains the connection by two GOAWAYs: the first permits calls on their way, the second follows
   * once these have arrived. The calls begun are served, then the connection closes.
   */
  void drain() {
    if (draining || connection.isOver()) {
      return;
    }
    draining = true;
    connection.announceDrain();
    List.copyOf(publishing).forEach(PublishStream::drain);
    loop().schedule(connection::drain, SECOND_GO_AWAY_DELAY.toNanos(), TimeUnit.NANOSECONDS);
  }

  // ---- calls

  void addPublishing(PublishStream stream) {
    publishing.add(stream);
    if (draining) {
      stream.drain();
    }
  }

  void removePublishing(PublishStream stream) {
    publishing.remove(stream);
  }

  /** Adds a call that its headers have not ended. */
  void addUnfinished(GrpcStream call) {
    unfinished.add(call);
  }

  /**
   * Limits the small fragments of messages that one connection sends within a second.
   *
   * @param size bytes of the fragment
   * @param ofCall number of the fragment in its call, from 1
   * @throws Http2Exception for the whole connection, when there are too many
   */
  void limitSmallFragments(int size, int ofCall) throws Http2Exception {
    if (SmallFrameLimiter.isSmall(size, ofCall) && !smallFragments.tryAdd()) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "too many tiny pieces of messages");
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  public ServerStream newStream(Http2Headers headers, boolean whole) {
    age.onCall();
    intake.onCall();
    CallRouter.Route route = lastRoute;
    if (route == null || route.headers() != headers || !whole) {
      route = router.route(headers, whole, network);
      // The kept part of headers that are too long is another call's whole headers.
      lastRoute = whole && RepeatedHeaders.mayKeep(headers) ? route : null;
    }
    return router.newStream(route, this);
  }

  // ---- events of the connection

  @Override
  public void onRead() {
    intake.onRead();
  }

  @Override
  public void onReadComplete() {
    if (!unfinished.isEmpty()) {
      unfinished.forEach(GrpcStream::onReadComplete);
      unfinished.clear();
    }
  }

  @Override
  public void onPreface() {
    prefaceRead = true;
  }

  @Override
  public boolean isPingTooMany() {
    return !pings.tryAdd();
  }

  @Override
  public void onReplySent() {
    pings.onReply();
  }

  @Override
  public void onFailed(Throwable cause) {
    log.debug("the connection of {} ends: {}", channel.remoteAddress(), cause.toString());
  }

  @Override
  public void onClosed() {
    age.end();
  }
}
