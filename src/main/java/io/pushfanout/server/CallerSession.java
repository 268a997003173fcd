package io.pushfanout.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandler;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.http2.ServerConnectionListener;
import io.pushfanout.http2.ServerStream;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.server.guard.CallerConnection;
import io.pushfanout.server.guard.CallerKey;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.PeerNames;
import io.pushfanout.server.guard.SmallFrameLimiter;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a caller: its streams, its identity, and its age. All methods run on the
 * connection's loop.
 */
final class CallerSession implements ServerConnectionListener {
  private static final Logger log = LoggerFactory.getLogger(CallerSession.class);

  /** PINGs that may come too early, since timers are not exact. */
  private static final int EARLY_PINGS_MAX = 2;

  /** Checks for calls in the time after which a connection without a call is drained. */
  private static final int IDLE_PERIODS = 10;

  private static final Duration IDLE_PERIOD = Http2Limits.IDLE.dividedBy(IDLE_PERIODS);

  /**
   * Delay of the second GOAWAY: a call sent before the first one reached its caller arrives within
   * it.
   */
  private static final Duration SECOND_GO_AWAY_DELAY = Duration.ofMillis(250);

  private final Channel channel;
  private final CallRouter router;
  private final ServerConnection connection;
  private final LongSupplier nanoClock;
  private final Object network;
  private final SmallFrameLimiter smallFragments;
  private final IntakeGate intake;
  private final List<GrpcStream> unfinished = new ArrayList<>();
  private @Nullable CallerConnection caller;

  /** Route of the last call; most often the next call has the same headers. */
  private CallRouter.@Nullable Route lastRoute;

  /** Calls that have begun in this turn of the loop. */
  private int callsInTurn;

  private boolean paused;

  /** Whether the channel is not read, because frames wait that it has brought. */
  private boolean stoppedReading;

  private boolean prefaceRead;
  private boolean draining;
  private long lastPingNanos;
  private boolean pinged;
  private int earlyPings;
  private int idlePeriods;
  private @Nullable Future<?> idleTimer;
  private @Nullable Future<?> ageTimer;

  /**
   * @param router decides what a call is for
   * @param intake slows the intake of calls, for all connections of the loop
   */
  CallerSession(
      Channel channel,
      CallRouter router,
      IntakeGate intake,
      ServerConnection.Options options,
      LongSupplier nanoClock) {
    this.channel = channel;
    this.router = router;
    this.intake = intake;
    this.nanoClock = nanoClock;
    this.network = CallerKey.network(channel.remoteAddress());
    this.smallFragments = new SmallFrameLimiter(nanoClock);
    this.connection = new ServerConnection(this, options, WriteBuffers.PROCESS, nanoClock);
  }

  ServerConnection connection() {
    return connection;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  /** Returns the network of the caller's address. */
  Object network() {
    return network;
  }

  @Nullable SocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  /** Returns the credentials shown on this connection. */
  CallerConnection caller() {
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

  // ---- the connection's age

  /**
   * Starts the timers of a connection that has its preface.
   *
   * @param maxAgeNanos age at which the connection is drained; 0 is never
   */
  void begin(long maxAgeNanos) {
    idleTimer =
        loop()
            .scheduleAtFixedRate(
                this::checkIdle,
                IDLE_PERIOD.toNanos(),
                IDLE_PERIOD.toNanos(),
                TimeUnit.NANOSECONDS);
    if (maxAgeNanos > 0) {
      ageTimer = loop().schedule(this::onOldAge, maxAgeNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void checkIdle() {
    idlePeriods = connection.isIdle() ? idlePeriods + 1 : 0;
    if (idlePeriods > IDLE_PERIODS) {
      drain();
    }
  }

  private void onOldAge() {
    drain();
    ageTimer =
        loop()
            .schedule(
                () -> channel.close(), Http2Limits.AGED_GRACE.toNanos(), TimeUnit.NANOSECONDS);
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
    loop().schedule(connection::drain, SECOND_GO_AWAY_DELAY.toNanos(), TimeUnit.NANOSECONDS);
  }

  // ---- intake

  /** Slows the intake after a call whose nodes' queues fill. */
  void onPressure(int messageSize) {
    if (intake.isUsedUp(messageSize, nanoClock.getAsLong())) {
      pause(IntakeGate.TICK_NANOS);
    }
  }

  /**
   * Pauses the reading of frames.
   *
   * @param nanos the pause; 0 ends it in the loop's next turn, after the answers of nodes
   */
  private void pause(long nanos) {
    if (!paused) {
      paused = true;
      connection.pauseReading();
      loop().schedule(this::resume, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void resume() {
    paused = false;
    callsInTurn = 0;
    connection.resumeReading();
    if (!paused && stoppedReading) {
      stoppedReading = false;
      channel.config().setAutoRead(channel.isWritable());
    }
  }

  /** Returns whether the channel may be read, as far as the intake of calls goes. */
  boolean mayRead() {
    return !stoppedReading;
  }

  // ---- calls

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
    idlePeriods = 0;
    if (++callsInTurn >= IntakeGate.CALLS_OF_TURN) {
      pause(0);
    }
    CallRouter.Route route = lastRoute;
    if (route == null || route.headers() != headers || !whole) {
      route = router.route(headers, whole);
      // The kept part of headers that are too long is another call's whole headers.
      lastRoute = whole ? route : null;
    }
    return router.newStream(route, this);
  }

  // ---- events of the connection

  @Override
  public void onRead() {
    if (paused) {
      stoppedReading = true;
      channel.config().setAutoRead(false);
    } else {
      callsInTurn = 0;
    }
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
    long now = nanoClock.getAsLong();
    if (!pinged || now - lastPingNanos >= Http2Limits.PERMIT_KEEPALIVE.toNanos()) {
      pinged = true;
      lastPingNanos = now;
      return false;
    }
    return ++earlyPings > EARLY_PINGS_MAX;
  }

  @Override
  public void onReplySent() {
    pinged = false;
    earlyPings = 0;
  }

  @Override
  public void onFailed(Throwable cause) {
    log.debug("the connection of {} ends: {}", channel.remoteAddress(), cause.toString());
  }

  @Override
  public void onClosed() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    if (ageTimer != null) {
      ageTimer.cancel(false);
    }
  }
}
