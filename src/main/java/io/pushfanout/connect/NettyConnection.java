package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.fanout.NodeStream;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one working session with the node: dials, and dials again after each loss.
 *
 * <p>At any time it dials, waits to dial, or has a current session; one of the three fields is set,
 * until it is closed, and while it knows the TLS profile that it is to speak by. Beside them there
 * may be sessions that are leaving: they take no more calls but still wait for answers, so that a
 * node can replace a connection without a gap.
 */
final class NettyConnection implements NodeConnection, SessionOwner {
  private static final String TLS_CHANGED = "the fanout's tls settings have changed";

  private final NodeAddress node;
  private final EventLoop loop;
  private final Dialing dialer;
  private final ConnectOptions options;
  private final TlsProfiles profiles;
  private final Listener engine;
  private final Backoff backoff;
  private final List<Http2Session> leaving = new ArrayList<>();

  private TlsChoice tls;
  private Requests requests;
  private @Nullable Http2Session dialing;
  private @Nullable Future<?> dialTimeout;
  private @Nullable Future<?> redial;
  private @Nullable Http2Session current;
  private long readyNanos;

  /** The last that the engine heard is that it has to wait: it is to be told when it need not. */
  private boolean availableOwed;

  private boolean tellingAvailable;

  private int attempts;
  private boolean closed;

  NettyConnection(
      NodeAddress node,
      EventLoop loop,
      Dialing dialer,
      ConnectOptions options,
      TlsProfiles profiles,
      TlsChoice tls,
      Listener engine) {
    this.node = node;
    this.loop = loop;
    this.dialer = dialer;
    this.options = options;
    this.profiles = profiles;
    this.tls = tls;
    this.engine = engine;
    backoff = new Backoff(new SplittableRandom(loop.ticker().nanoTime() ^ node.hashCode()));
    requests = new Requests(node, tls);
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public void start() {
    dial();
  }

  @Override
  public void reconnectNow() {
    if (redial != null) {
      dialNow();
    }
  }

  @Override
  public void speak(TlsChoice changed) {
    if (closed || changed.equals(tls)) {
      return;
    }
    tls = changed;
    requests = new Requests(node, changed);
    if (current != null) {
      current.replace(TLS_CHANGED);
    } else {
      abandonDial();
      engine.onDisconnected(TLS_CHANGED, true);
    }
    dialNow();
  }

  @Override
  public boolean available() {
    boolean available = current != null && current.available();
    availableOwed = !available;
    return available;
  }

  @Override
  public void deliver(QueuedMessage message, long timeoutNanos) {
    if (current == null) {
      throw new IllegalStateException("deliver() while not available()");
    }
    current.deliver(message, timeoutNanos);
  }

  @Override
  public NodeStream openStream(NodeStream.Listener listener) {
    if (current == null) {
      throw new IllegalStateException("openStream() while not available()");
    }
    return current.openStream(listener);
  }

  /** Streams of a session that is leaving may have something to say too. */
  @Override
  public void flush() {
    if (current != null) {
      current.flush();
    }
    for (int i = 0; i < leaving.size(); i++) {
      leaving.get(i).flush();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (redial != null) {
      redial.cancel(false);
      redial = null;
    }
    List<Http2Session> open = new ArrayList<>(leaving);
    if (current != null) {
      open.add(current);
    }
    leaving.clear();
    current = null;
    abandonDial();
    open.forEach(Http2Session::close);
  }

  // ---- dialling

  private void dialNow() {
    if (redial != null) {
      redial.cancel(false);
    }
    backoff.reset();
    dial();
  }

  private void dial() {
    redial = null;
    if (closed) {
      return;
    }
    if (!profiles.have(tls)) {
      // It cannot come while the program runs, so there is nothing to wait for.
      engine.onNotDialled("the server has no TLS profile named " + tls.profile());
      return;
    }
    var session = new Http2Session(loop, requests, options, this, engine);
    dialing = session;
    dialer.lookUp(
        node,
        attempts++,
        loop,
        address -> connect(session, address),
        why -> onDialFailed(session, why));
  }

  private void connect(Http2Session session, InetSocketAddress address) {
    if (session != dialing) {
      return;
    }
    long timeout = options.connectTimeout().toMillis();
    dialTimeout =
        loop.schedule(
            () -> onDialFailed(session, "no connection within " + timeout + " ms"),
            timeout,
            TimeUnit.MILLISECONDS);
    ChannelHandler handler;
    try {
      handler = handler(session);
    } catch (SSLException e) {
      onDialFailed(session, TlsGate.line(e));
      return;
    }
    dialer.connect(address, loop, handler, cause -> onDialFailed(session, PeerText.reason(cause)));
  }

  private ChannelHandler handler(Http2Session session) throws SSLException {
    return tls.profile() == null
        ? session.handler()
        : TlsGate.before(
            session.handler(),
            profiles.context(tls.profile()),
            tls.serverName() == null ? node.host() : tls.serverName(),
            node.port(),
            why -> onDialFailed(session, why));
  }

  private void onDialFailed(Http2Session session, String why) {
    if (session == dialing) {
      abandonDial();
      redialLater();
      engine.onDisconnected(why, false);
    }
  }

  private void abandonDial() {
    if (dialTimeout != null) {
      dialTimeout.cancel(false);
    }
    Http2Session abandoned = dialing;
    dialing = null;
    if (abandoned != null) {
      abandoned.close();
    }
  }

  private void redialLater() {
    redial = loop.schedule(this::dial, backoff.nextNanos(), TimeUnit.NANOSECONDS);
  }

  // ---- what sessions tell

  @Override
  public void onReady(Http2Session session, int concurrency) {
    if (dialTimeout != null) {
      dialTimeout.cancel(false);
    }
    dialing = null;
    current = session;
    readyNanos = loop.ticker().nanoTime();
    availableOwed = false;
    engine.onConnected(concurrency);
  }

  @Override
  public void onConcurrency(Http2Session session, int concurrency) {
    engine.onConcurrency(concurrency);
  }

  /**
   * Told in a task of its own, one for all calls whose answers came together: the engine may be in
   * the middle of a flush, or about to use the room by itself.
   */
  @Override
  public void onAvailable(Http2Session session) {
    if (availableOwed && !tellingAvailable) {
      tellingAvailable = true;
      loop.execute(this::tellAvailable);
    }
  }

  private void tellAvailable() {
    tellingAvailable = false;
    if (availableOwed && available()) {
      engine.onAvailable();
    }
  }

  @Override
  public void onLeaving(Http2Session session, String why, boolean orderly) {
    if (session == dialing) {
      onDialFailed(session, why);
    } else if (session == current) {
      current = null;
      leaving.add(session);
      dialAfterLoss(orderly);
      engine.onDisconnected(why, orderly);
    }
  }

  /**
   * A node that ends each connection as soon as it is made, or complains of it, must not be dialled
   * without a pause; one that asks to replace a connection of some age is dialled at once.
   */
  private void dialAfterLoss(boolean orderly) {
    boolean lasted = loop.ticker().nanoTime() - readyNanos >= Backoff.MAX_NANOS;
    if (lasted) {
      backoff.reset();
    }
    if (lasted && orderly) {
      redial = loop.schedule(this::dial, 0, TimeUnit.NANOSECONDS);
    } else {
      redialLater();
    }
  }

  @Override
  public void onGone(Http2Session session) {
    leaving.remove(session);
  }
}
