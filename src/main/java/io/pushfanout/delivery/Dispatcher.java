package io.pushfanout.delivery;

import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.interest.NodeRooms;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.TransportMode;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The dispatcher of one node's deliveries, which owns the queue and the connection. It starts
 * messages by {@link CallDispatcher} or {@link StreamDispatcher}; {@link TransportControl} chooses.
 *
 * <p>A step of the queue that grants a message wakes the node's loop, once for all grants before
 * the loop's next turn, so that a burst is one flush. Methods under "any thread" are thread-safe.
 * All others run on that loop, without locks.
 */
public final class Dispatcher implements NodeConnection.Listener {
  /** Status code of a delivery that is reset because memory is short. */
  static final StatusCode SHED = StatusCode.RESOURCE_EXHAUSTED;

  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final FlushScheduler flushes;
  private final MessageQueue queue;
  private final NodeHealth health;
  private final LongSupplier nanoClock;
  private final Runnable onSettled;
  private final CallDispatcher calls;
  private final StreamDispatcher streams;
  private final TransportControl transport;
  private final LoopDetector loops;
  private final NodeRooms rooms;
  private final InterestSubscriber interest;
  private volatile FanoutSettings settings;

  /**
   * Creates a dispatcher with a connection that does nothing before {@link #start}.
   *
   * @param fanout the fanout that owns the node; called on any thread
   * @param index index of the rooms of all nodes
   * @param onSettled task that runs on the loop after deliveries that have ended, and after a
   *     connection
   */
  public Dispatcher(
      NodeAddress node,
      Supplier<FanoutName> fanout,
      FanoutSettings settings,
      FanoutTotals totals,
      Connector connector,
      NodeLog log,
      RoomIndex index,
      LongSupplier nanoClock,
      Runnable onSettled) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.onSettled = onSettled;
    this.health = new NodeHealth(nanoClock.getAsLong());
    this.connection = connector.open(node, fanout, settings.tls(), this);
    this.loop = connection.loop();
    this.flushes =
        new FlushScheduler(loop, nanoClock, settings.deliveryLinger(), this::startGranted);
    this.queue =
        new MessageQueue(settings, new Ledger(node, totals, loop), nanoClock, loop, flushes);
    // Each client has its own generator, seeded by its clock, so that simulations are repeatable.
    RandomGenerator random = new SplittableRandom(nanoClock.getAsLong() ^ node.hashCode());
    this.calls =
        new CallDispatcher(queue.calls(), connection, health, nanoClock, random, flushes, this);
    this.streams =
        new StreamDispatcher(queue.streams(), connection, nanoClock, random, flushes, this);
    this.transport = new TransportControl(this, connection, calls, streams, log, nanoClock);
    this.loops = new LoopDetector(node);
    this.rooms = new NodeRooms(index);
    this.interest = new InterestSubscriber(connection, rooms, this::isRouted, nanoClock);
  }

  // ---- any thread

  public MessageQueue queue() {
    return queue;
  }

  public NodeHealth health() {
    return health;
  }

  /** Returns the rooms that the node holds. */
  public NodeRooms rooms() {
    return rooms;
  }

  private boolean isRouted() {
    return settings.deliveryInterest() == DeliveryInterest.AUTO;
  }

  /** Returns the transport mode. */
  public TransportMode mode() {
    return transport.negotiation().mode();
  }

  /** Returns the troubles of the node, for people. */
  public List<NodeTrouble> troubles() {
    long now = nanoClock.getAsLong();
    return Stream.of(
            health.troubles(now).stream(),
            loops.trouble(now).stream(),
            transport.negotiation().trouble().stream(),
            interest.trouble().stream())
        .flatMap(troubles -> troubles)
        .toList();
  }

  /** Begins to dial. Called once, first. */
  public void start() {
    loop.execute(
        () -> {
          connection.target(settings.deliveryTarget());
          connection.start();
        });
  }

  /**
   * Replaces the settings and the owner. Bounds of the queue and the linger change at once, the
   * others with the next delivery.
   */
  public void configure(FanoutSettings changed, FanoutTotals totals) {
    FanoutSettings old = settings;
    settings = changed;
    if (!changed.tls().equals(old.tls())) {
      loop.execute(() -> connection.setTls(changed.tls()));
    }
    if (!Objects.equals(changed.deliveryTarget(), old.deliveryTarget())) {
      loop.execute(() -> connection.target(changed.deliveryTarget()));
    }
    flushes.linger(changed.deliveryLinger());
    queue.configure(changed, totals);
    loop.execute(transport::recompute);
    loop.execute(interest::configured);
  }

  /** Reconnects now: discovery has found the node again. */
  public void reconnectNow() {
    loop.execute(connection::reconnectNow);
  }

  /**
   * Resets and fails the deliveries in flight, and fails calls that wait for their next attempt,
   * because memory is short.
   */
  public void shed() {
    loop.execute(this::shedOnLoop);
  }

  /** Runs a task on the loop. */
  public void execute(Runnable task) {
    loop.execute(task);
  }

  // ---- for the dispatchers of calls and streams

  FanoutSettings settings() {
    return settings;
  }

  NodeMonitor monitor() {
    return transport.monitor();
  }

  StreamingNegotiation negotiation() {
    return transport.negotiation();
  }

  /** Records that the node has taken a message, by a call or a stream. */
  void delivered() {
    loops.delivered();
  }

  void settled() {
    onSettled.run();
  }

  /**
   * Schedules the next attempt of a message, which keeps its slot. The message's TTL ends the wait.
   */
  void backOff(RetryTimers timers, QueuedMessage message, long nanos) {
    long ttl = settings.messageTtl().toNanos();
    long age = nanoClock.getAsLong() - message.enqueuedNanos;
    timers.start(message, nanos, ttl > 0 ? ttl - age + 1 : Long.MAX_VALUE);
  }

  // ---- starting

  /** Starts all granted messages, as far as the connection takes them, and flushes once. */
  private void startGranted() {
    calls.settleDelivered();
    negotiation().probeIfUnknown();
    boolean started = streams.start();
    long now = nanoClock.getAsLong();
    try {
      QueuedMessage message;
      while (connection.available() && (message = queue.calls().takeGranted(now)) != null) {
        started = true;
        calls.deliver(message);
      }
    } finally {
      if (started) {
        connection.flush();
      }
    }
  }

  @Override
  public void onAvailable() {
    startGranted();
  }

  // ---- the connection

  @Override
  public void onConnected(int concurrency) {
    transport.connected(concurrency);
    interest.connected(concurrency);
    // Messages that were granted during the replacement of the last connection wait for this one.
    startGranted();
  }

  @Override
  public void onConcurrency(int concurrency) {
    monitor().concurrency(concurrency);
    loop.execute(transport::recompute);
  }

  @Override
  public void onDisconnected(String why, boolean orderly) {
    calls.settleDelivered();
    interest.disconnected();
    if (orderly) {
      transport.replacing(why);
    } else {
      transport.disconnected(true, why);
    }
  }

  @Override
  public void onNotDialled(String why) {
    interest.disconnected();
    transport.disconnected(false, why);
  }

  // ---- outcomes

  @Override
  public void onRoutingLoop() {
    loops.refused(nanoClock.getAsLong());
  }

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    if (code == StatusCode.OK) {
      delivered();
    }
    monitor().ended(evidence, code, detail, 1);
    if (streams.completed(message, code, detail)) {
      return;
    }
    if (code == StatusCode.OK) {
      calls.delivered(message);
      negotiation().onCallDelivered();
    } else {
      calls.failed(message, code);
    }
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    if (evidence == Evidence.ABSENT) {
      monitor().ended(evidence, StatusCode.UNAVAILABLE, "it refuses the delivery", 1);
    }
    if (!streams.unprocessed(message)) {
      calls.unprocessed(message);
    }
  }

  private void shedOnLoop() {
    calls.settleDelivered();
    calls.failAll(SHED);
    streams.shed();
    for (QueuedMessage message : connection.reset()) {
      if (!streams.completed(message, SHED, "")) {
        calls.fail(message, SHED);
      }
    }
    connection.flush();
  }

  /**
   * Closes the connection, once the stream of rooms has ended, and fails the messages that wait for
   * their next attempt; on the loop.
   *
   * @param onClosed task that runs afterwards
   */
  public void close(Runnable onClosed) {
    calls.settleDelivered();
    interest.close(
        () -> {
          connection.close();
          transport.close();
          calls.close();
          streams.close();
          onClosed.run();
        });
  }
}
