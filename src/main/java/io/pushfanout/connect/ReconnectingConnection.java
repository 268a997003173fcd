package io.pushfanout.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.EventLoop;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection that keeps one working session with the node: dials, and dials again after each
 * loss. Beside the current session there may be draining ones: they take no more calls but still
 * wait for answers, so that a node can replace a connection without a gap.
 */
final class ReconnectingConnection implements NodeConnection, Dialer.Owner {
  private static final long REPLACED_WITHIN_MILLIS = 1000;
  private static final String TLS_CHANGED = "the fanout's tls settings have changed";

  private final EventLoop loop;
  private final Dialer dialer;
  private final Listener engine;
  private final List<Http2Session> draining = new ArrayList<>();

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
      NettyConnector.Options options,
      TlsProfiles profiles,
      TlsChoice tls,
      Listener engine) {
    this.loop = loop;
    this.engine = engine;
    dialer = new Dialer(node, party, loop, network, options, profiles, tls, engine, this);
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public void start() {
    dialer.dialNow();
  }

  @Override
  public void reconnectNow() {
    if (!dialer.announced() && current != null) {
      current.checkLiveness();
    }
  }

  @Override
  public void setTls(TlsChoice changed) {
    if (closed || changed.equals(dialer.tls())) {
      return;
    }
    dialer.updateTls(changed);
    if (current != null) {
      current.lifecycle().replace(TLS_CHANGED);
    } else {
      dialer.abandon();
      engine.onDisconnected(TLS_CHANGED, true);
    }
    dialer.dialNow();
  }

  @Override
  public void target(@Nullable DeliveryTarget changed) {
    dialer.target(changed);
  }

  @Override
  public boolean available() {
    boolean available = current != null && current.available();
    availablePending = !available;
    return available;
  }

  @Override
  public void deliver(QueuedMessage message, long timeoutNanos) {
    current().deliver(message, timeoutNanos);
  }

  @Override
  public NodeStream openStream(NodeStream.Listener listener) {
    return current().openStream(listener);
  }

  @Override
  public InterestStream openInterest(InterestStream.Listener listener) {
    return current().openInterest(listener);
  }

  private Http2Session current() {
    if (current == null) {
      throw new IllegalStateException("not available()");
    }
    return current;
  }

  @Override
  public List<QueuedMessage> reset() {
    List<QueuedMessage> reset = new ArrayList<>();
    openSessions().forEach(session -> session.reset(reset));
    return reset;
  }

  /** Returns the draining sessions and the current one. */
  private List<Http2Session> openSessions() {
    List<Http2Session> open = new ArrayList<>(draining);
    if (current != null) {
      open.add(current);
    }
    return open;
  }

  /** Flushes draining sessions too, because their streams may still send. */
  @Override
  public void flush() {
    if (current != null) {
      current.flush();
    }
    for (int i = 0; i < draining.size(); i++) {
      draining.get(i).flush();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Http2Session> open = openSessions();
    draining.clear();
    current = null;
    dialer.stop();
    endReplacing();
    open.forEach(session -> session.lifecycle().close());
  }

  // ---- events of dials

  @Override
  public void onDialFailed(String why) {
    endReplacing();
    engine.onDisconnected(why, false);
  }

  @Override
  public void onNotDialled(String why) {
    endReplacing();
    engine.onNotDialled(why);
  }

  // ---- events of sessions

  @Override
  public void onReady(Http2Session session, int concurrency) {
    dialer.won(session);
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
  public void onDraining(Http2Session session, String why, boolean orderly) {
    if (!dialer.lost(session, why) && session == current) {
      current = null;
      draining.add(session);
      replace(why, orderly, session.hasServed());
    }
  }

  /**
   * Dials in place of a session that is draining. A connection that has served is replaced at once,
   * and so is one that has outlived the first pause and ends in good order. A node that ends each
   * connection as soon as it is made, or reports an error on it, is dialled after a pause; if it
   * does so twice, the engine is notified of a loss.
   */
  private void replace(String why, boolean orderly, boolean served) {
    long lived = loop.ticker().nanoTime() - readyNanos;
    boolean good = served || (orderly && lived >= Backoff.INITIAL_NANOS);
    boolean first = dialer.redial(good, lived);
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
  public void onClosed(Http2Session session) {
    draining.remove(session);
  }
}
