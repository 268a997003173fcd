package io.pushfanout.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that keeps one working session with the node: dials, and dials again after each
 * loss.
 *
 * <p>At any time the connection dials, waits to dial, or has a current session: one of these three
 * fields is set until the connection is closed, unless its TLS profile is missing. Beside them
 * there may be leaving sessions: they take no more calls but still wait for answers, so that a node
 * can replace a connection without a gap.
 */
final class ReconnectingConnection implements NodeConnection, SessionOwner, Dial.Owner {
  private static final long REPLACED_WITHIN_MILLIS = 1000;
  private static final String TLS_CHANGED = "the fanout's tls settings have changed";

  private final NodeAddress node;
  private final Supplier<?> party;
  private final EventLoop loop;
  private final Dial.Network network;
  private final ConnectOptions options;
  private final TlsProfiles profiles;
  private final Listener engine;
  private final Backoff backoff;
  private final AddressMemory addresses = new AddressMemory();
  private final List<Http2Session> leaving = new ArrayList<>();

  private TlsChoice tls;
  private @Nullable DeliveryTarget target;
  private RequestHeadersFactory requests;
  private @Nullable Dial dial;
  private @Nullable Future<?> redial;

  /** Timer of the time in which the next connection is expected in place of the last. */
  private @Nullable Future<?> replacing;

  private @Nullable Http2Session current;
  private long readyNanos;

  /**
   * Whether the last answer of {@link #available} was false: the engine is to be notified when it
   * changes.
   */
  private boolean availablePending;

  private boolean availableScheduled;

  private boolean closed;

  ReconnectingConnection(
      NodeAddress node,
      Supplier<?> party,
      EventLoop loop,
      Dial.Network network,
      ConnectOptions options,
      TlsProfiles profiles,
      TlsChoice tls,
      Listener engine) {
    this.node = node;
    this.party = party;
    this.loop = loop;
    this.network = network;
    this.options = options;
    this.profiles = profiles;
    this.tls = tls;
    this.engine = engine;
    backoff = new Backoff(new SplittableRandom(loop.ticker().nanoTime() ^ node.hashCode()));
    requests = new RequestHeadersFactory(node, tls);
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
    if (dial != null) {
      backoff.reset();
      dial.announced();
    } else if (redial != null) {
      dialNow();
    } else if (current != null) {
      current.checkLiveness();
    }
  }

  @Override
  public void speak(TlsChoice changed) {
    if (closed || changed.equals(tls)) {
      return;
    }
    tls = changed;
    requests = new RequestHeadersFactory(node, changed);
    requests.target(target);
    if (current != null) {
      current.replace(TLS_CHANGED);
    } else {
      abandonDial();
      engine.onDisconnected(TLS_CHANGED, true);
    }
    dialNow();
  }

  @Override
  public void target(@Nullable DeliveryTarget changed) {
    target = changed;
    requests.target(changed);
  }

  @Override
  public boolean available() {
    boolean available = current != null && current.available();
    availablePending = !available;
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

  @Override
  public List<QueuedMessage> reset() {
    List<QueuedMessage> reset = new ArrayList<>();
    sessions().forEach(session -> session.reset(reset));
    return reset;
  }

  /** Returns the leaving sessions and the current one. */
  private List<Http2Session> sessions() {
    List<Http2Session> open = new ArrayList<>(leaving);
    if (current != null) {
      open.add(current);
    }
    return open;
  }

  /** Flushes leaving sessions too, because their streams may still send. */
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
    List<Http2Session> open = sessions();
    leaving.clear();
    current = null;
    abandonDial();
    endReplacing();
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
    if (!profiles.supports(tls)) {
      // A profile cannot come while the program runs, so there is nothing to wait for.
      endReplacing();
      engine.onNotDialled("the server has no TLS profile named " + tls.profile());
      return;
    }
    dial = new Dial(node, party.get(), loop, network, options.connectTimeout(), addresses, this);
    dial.begin();
  }

  @Override
  public Http2Session newSession() {
    return new Http2Session(loop, requests, options, this, engine);
  }

  @Override
  public ChannelHandler handler(Http2Session session, Consumer<String> onFailure)
      throws SSLException {
    return tls.profile() == null
        ? session.handler()
        : AlpnVerifier.before(
            session.handler(),
            profiles.context(tls.profile()),
            tls.serverName() == null ? node.host() : tls.serverName(),
            node.port(),
            onFailure);
  }

  @Override
  public void onDialFailed(String why) {
    dial = null;
    endReplacing();
    redialLater();
    engine.onDisconnected(why, false);
  }

  private void abandonDial() {
    Dial abandoned = dial;
    dial = null;
    if (abandoned != null) {
      abandoned.end();
    }
  }

  private void redialLater() {
    redial = loop.schedule(this::dial, backoff.nextNanos(), TimeUnit.NANOSECONDS);
  }

  // ---- events of sessions

  @Override
  public void onReady(Http2Session session, int concurrency) {
    Dial done = dial;
    dial = null;
    if (done != null) {
      done.won(session);
    }
    endReplacing();
    current = session;
    readyNanos = loop.ticker().nanoTime();
    availablePending = false;
    engine.onConnected(concurrency);
  }

  @Override
  public void onConcurrency(Http2Session session, int concurrency) {
    engine.onConcurrency(concurrency);
  }

  /**
   * Notifies the engine in a task of its own, one for all calls with answers that came together.
   * The engine may be in the middle of a flush, or about to use the room by itself.
   */
  @Override
  public void onAvailable(Http2Session session) {
    if (availablePending && !availableScheduled) {
      availableScheduled = true;
      loop.execute(this::reportAvailable);
    }
  }

  private void reportAvailable() {
    availableScheduled = false;
    if (availablePending && available()) {
      engine.onAvailable();
    }
  }

  @Override
  public void onLeaving(Http2Session session, String why, boolean orderly) {
    if (dial != null && dial.has(session)) {
      dial.lost(session, why);
    } else if (session == current) {
      current = null;
      leaving.add(session);
      replace(why, orderly, session.hasServed());
    }
  }

  /**
   * Dials in place of a session that is leaving. A connection that has served is replaced at once,
   * and so is one that has outlived the first pause and ends in good order. A node that ends each
   * connection as soon as it is made, or reports an error on it, is dialled after a pause; if it
   * does so twice, the engine is notified of a loss.
   */
  private void replace(String why, boolean orderly, boolean served) {
    long lived = loop.ticker().nanoTime() - readyNanos;
    boolean good = served || (orderly && lived >= Backoff.INITIAL_NANOS);
    if (good || lived >= Backoff.MAX_NANOS) {
      backoff.reset();
    }
    boolean first = backoff.isFirst();
    if (good) {
      redial = loop.schedule(this::dial, 0, TimeUnit.NANOSECONDS);
    } else {
      redialLater();
    }
    boolean replaced = orderly && first;
    if (replaced) {
      replacing = loop.schedule(this::onReplacedLate, REPLACED_WITHIN_MILLIS, MILLISECONDS);
    }
    engine.onDisconnected(why, replaced);
  }

  /** Reports a loss: callers no longer wait for the next connection. Its dial goes on. */
  private void onReplacedLate() {
    replacing = null;
    long millis = REPLACED_WITHIN_MILLIS;
    engine.onDisconnected("no connection in place of the last within " + millis + " ms", false);
  }

  private void endReplacing() {
    if (replacing != null) {
      replacing.cancel(false);
      replacing = null;
    }
  }

  @Override
  public void onGone(Http2Session session) {
    leaving.remove(session);
  }
}
