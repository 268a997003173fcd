package io.pushfanout.simulation;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connector between the engine and its connections that holds both to their contract. */
final class WatchedConnector implements Connector {
  private final Connector connector;
  private final Scheduler scheduler;
  private final Set<WatchedConnection> open = new HashSet<>();

  WatchedConnector(Connector connector, Scheduler scheduler) {
    this.connector = connector;
    this.scheduler = scheduler;
  }

  @Override
  public NodeConnection open(
      NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener) {
    WatchedConnection connection = new WatchedConnection(node, listener);
    connection.connection = connector.open(node, party, tls, connection);
    open.add(connection);
    return connection;
  }

  /** Returns the real connections that are not closed. */
  List<NodeConnection> connections() {
    return open.stream().map(c -> c.real()).toList();
  }

  /** Returns the age in nanoseconds of the oldest delivery in flight, or 0 if there is none. */
  long oldestNanos() {
    long oldest = 0;
    for (WatchedConnection connection : open) {
      for (long since : connection.deliveries.values()) {
        oldest = Math.max(oldest, scheduler.nanoTime() - since);
      }
      for (WatchedStream stream : connection.streams) {
        Long since = stream.sent.peek();
        oldest = since == null ? oldest : Math.max(oldest, scheduler.nanoTime() - since);
      }
    }
    return oldest;
  }

  private void requireLoop(ScheduledExecutorService loop, NodeAddress node, String what) {
    if (scheduler.running() != loop) {
      throw new Violation(
          Invariant.CALLBACK_COMES_ON_ITS_LOOP,
          "%s: %s on %s instead of %s".formatted(node, what, scheduler.running(), loop));
    }
  }

  private static void once(boolean kept, NodeAddress node, String what) {
    if (!kept) {
      throw new Violation(Invariant.CALLBACK_COMES_ONCE, node + ": " + what);
    }
  }

  private final class WatchedConnection implements NodeConnection, NodeConnection.Listener {
    private final NodeAddress node;
    private final NodeConnection.Listener engine;
    private @Nullable NodeConnection connection;
    private final IdentityHashMap<QueuedMessage, Long> deliveries = new IdentityHashMap<>();
    private final Set<QueuedMessage> thrown = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<WatchedStream> streams = new ArrayList<>();
    private boolean calling;
    private boolean closed;

    WatchedConnection(NodeAddress node, NodeConnection.Listener engine) {
      this.node = node;
      this.engine = engine;
    }

    NodeConnection real() {
      if (connection == null) {
        throw new IllegalStateException("not open");
      }
      return connection;
    }

    private void requireCallback(String what) {
      requireLoop(real().loop(), node, what);
      once(!calling, node, what + " from within a call");
      once(!closed, node, what + " after close()");
    }

    private void ended(QueuedMessage message, String what) {
      boolean inFlight = deliveries.remove(message) != null || thrown.remove(message);
      once(inFlight, node, what + " for none that is in flight");
    }

    // ---- methods that the engine calls

    @Override
    public ScheduledExecutorService loop() {
      return real().loop();
    }

    @Override
    public void start() {
      requireLoop(loop(), node, "start()");
      real().start();
    }

    @Override
    public void reconnectNow() {
      requireLoop(loop(), node, "reconnectNow()");
      scheduler.trace(node, "is to be dialled now");
      real().reconnectNow();
    }

    @Override
    public void setTls(TlsChoice tls) {
      real().setTls(tls);
    }

    @Override
    public void target(@Nullable DeliveryTarget target) {
      real().target(target);
    }

    @Override
    public boolean available() {
      requireLoop(loop(), node, "available()");
      return real().available();
    }

    @Override
    public void deliver(QueuedMessage message, long timeoutNanos) {
      requireLoop(loop(), node, "deliver()");
      once(deliveries.put(message, scheduler.nanoTime()) == null, node, "deliver() of one twice");
      calling = true;
      try {
        real().deliver(message, timeoutNanos);
      } catch (Throwable e) {
        // Either side may end the delivery; the ledger detects if both do.
        deliveries.remove(message);
        thrown.add(message);
        throw e;
      } finally {
        calling = false;
      }
    }

    @Override
    public InterestStream openInterest(InterestStream.Listener listener) {
      requireLoop(loop(), node, "openInterest()");
      return real().openInterest(listener);
    }

    @Override
    public NodeStream openStream(NodeStream.Listener listener) {
      requireLoop(loop(), node, "openStream()");
      WatchedStream stream = new WatchedStream(this, listener);
      calling = true;
      try {
        stream.stream = real().openStream(stream);
      } finally {
        calling = false;
      }
      streams.add(stream);
      return stream;
    }

    @Override
    public List<QueuedMessage> reset() {
      requireLoop(loop(), node, "reset()");
      List<QueuedMessage> reset = real().reset();
      reset.forEach(message -> ended(message, "reset()"));
      return reset;
    }

    @Override
    public void flush() {
      requireLoop(loop(), node, "flush()");
      real().flush();
    }

    @Override
    public void close() {
      requireLoop(loop(), node, "close()");
      real().close();
      closed = true;
      open.remove(this);
      once(deliveries.isEmpty(), node, "a delivery has not ended by close()");
    }

    // ---- callbacks of the connection

    @Override
    public void onConnected(int concurrency) {
      requireCallback("onConnected");
      scheduler.trace(node, "is connected", concurrency);
      engine.onConnected(concurrency);
    }

    @Override
    public void onConcurrency(int concurrency) {
      requireCallback("onConcurrency");
      engine.onConcurrency(concurrency);
    }

    @Override
    public void onDisconnected(String why, boolean orderly) {
      requireCallback("onDisconnected");
      scheduler.trace(node, orderly ? "is replaced" : "is disconnected");
      engine.onDisconnected(why, orderly);
    }

    @Override
    public void onNotDialled(String why) {
      requireCallback("onNotDialled");
      engine.onNotDialled(why);
    }

    @Override
    public void onAvailable() {
      requireCallback("onAvailable");
      engine.onAvailable();
    }

    @Override
    public void onRoutingLoop() {
      requireCallback("onLoop");
      engine.onRoutingLoop();
    }

    @Override
    public void onCompleted(
        QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
      requireCallback("onCompleted");
      ended(message, "onCompleted");
      if (code != StatusCode.OK) {
        scheduler.trace(node, "fails with " + code);
      }
      engine.onCompleted(message, evidence, code, detail);
    }

    @Override
    public void onUnprocessed(QueuedMessage message, Evidence evidence) {
      requireCallback("onUnprocessed");
      ended(message, "onUnprocessed");
      engine.onUnprocessed(message, evidence);
    }
  }

  private final class WatchedStream implements NodeStream, NodeStream.Listener {
    private final WatchedConnection connection;
    private final NodeStream.Listener engine;
    private @Nullable NodeStream stream;

    /** Times at which the unacknowledged messages were sent, oldest first. */
    private final Deque<Long> sent = new ArrayDeque<>();

    private boolean over;

    WatchedStream(WatchedConnection connection, NodeStream.Listener engine) {
      this.connection = connection;
      this.engine = engine;
    }

    private NodeStream real() {
      if (stream == null) {
        throw new IllegalStateException("not open");
      }
      return stream;
    }

    private void requireCallback(String what) {
      requireLoop(connection.real().loop(), connection.node, what);
      once(!over, connection.node, what + " after the stream's end");
    }

    private void over() {
      over = true;
      connection.streams.remove(this);
    }

    @Override
    public int room() {
      return real().room();
    }

    @Override
    public void send(List<QueuedMessage> batch) {
      batch.forEach(_ -> sent.add(scheduler.nanoTime()));
      real().send(batch);
    }

    @Override
    public void finish() {
      real().finish();
    }

    @Override
    public void reset() {
      if (!over) {
        over();
      }
      real().reset();
    }

    @Override
    public void onWritable() {
      requireCallback("onWritable");
      engine.onWritable();
    }

    @Override
    public void onAcknowledged(int count, List<DeliveryFailure> failures) {
      requireCallback("onAcknowledged");
      once(count <= sent.size(), connection.node, "more acknowledged than sent");
      for (int i = 0; i < count; i++) {
        sent.remove();
      }
      engine.onAcknowledged(count, failures);
    }

    @Override
    public void onEnded(Evidence evidence, StatusCode code, String detail) {
      requireCallback("onEnded");
      over();
      scheduler.trace(connection.node, "ends a stream with " + code);
      engine.onEnded(evidence, code, detail);
    }

    @Override
    public void onUnprocessed(Evidence evidence) {
      requireCallback("onUnprocessed of a stream");
      over();
      engine.onUnprocessed(evidence);
    }
  }
}
