package io.pushfanout.fanout;

import io.pushfanout.broadcast.Recipient;
import io.pushfanout.delivery.Connector;
import io.pushfanout.delivery.Dispatcher;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.FlushScheduler;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeHealth;
import io.pushfanout.delivery.NodeLog;
import io.pushfanout.delivery.NodeMonitor;
import io.pushfanout.delivery.NodeTrouble;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.plan.RunningNode;
import io.pushfanout.queue.Drain;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.OfferResult;
import io.pushfanout.queue.QueueLoad;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The client of one node, which delivers messages to it: a bounded queue, a number of workers and
 * one connection.
 *
 * <p>A worker is no thread but a slot for one delivery in flight. Three parties meet here. Any
 * thread offers messages, which is a step of the {@link MessageQueue}. The applier's thread alone
 * changes settings, retires and resumes. Everything about the connection and the {@link Dispatcher}
 * happens on the connection's loop, without locks. A step of the queue that grants a slot wakes the
 * loop by the {@link Wakeup}, once for all grants before the loop's next turn, so that a burst is one
 * flush.
 *
 * <p>Lifecycle: open, retiring (drains, may be resumed), closed. The queue decides each transition
 * under its lock; the call that closes it also ends the connection and reports to {@code onClosed}.
 */
final class BroadcastClient implements Recipient, NodeConnection.Listener {
  private final NodeAddress address;
  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final MessageQueue queue;
  private final NodeHealth health;
  private final Dispatcher deliveries;
  private final NodeMonitor monitor;
  private final LongSupplier nanoClock;
  private final Consumer<BroadcastClient> onClosed;
  private volatile DrainResult leftAtClose = DrainResult.NOTHING;

  /** Load of the queue at its last check; touched on the applier's thread only. */
  private QueueLoad load = QueueLoad.NOTHING;

  /** Fanouts that may own messages of the queue; touched on the applier's thread only. */
  private final Set<FanoutName> owners = new HashSet<>();

  private volatile FanoutName fanout;
  private volatile FanoutSettings settings;

  BroadcastClient(
      NodeAddress address,
      FanoutName fanout,
      FanoutSettings settings,
      FanoutTotals totals,
      Connector connector,
      NodeLog log,
      LongSupplier nanoClock,
      Consumer<BroadcastClient> onClosed) {
    this.address = address;
    this.fanout = fanout;
    this.owners.add(fanout);
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.onClosed = onClosed;
    this.health = new NodeHealth(nanoClock.getAsLong());
    this.connection = connector.open(address, this::fanout, settings.tls(), this);
    this.loop = connection.loop();
    Wakeup wakeup = new FlushScheduler(loop, nanoClock, this::startDeliveries);
    this.queue = new MessageQueue(settings, new Ledger(totals, loop), nanoClock, loop, wakeup);
    this.deliveries =
        new Dispatcher(
            address,
            settings,
            queue,
            connection,
            health,
            log,
            nanoClock,
            wakeup,
            this::closeIfDone);
    this.monitor = deliveries.watch();
  }

  @Override
  public NodeAddress address() {
    return address;
  }

  // ---- any thread: offering

  @Override
  public OfferResult offer(Message message, boolean evictOldest) {
    return queue.offer(message, evictOldest);
  }

  @Override
  public OfferResult offerOrHold(HeldOffer offer) {
    return queue.offerOrHold(offer);
  }

  @Override
  public boolean withdraw(HeldOffer offer) {
    return queue.withdraw(offer);
  }

  @Override
  public OfferResult reserve(Message message) {
    return queue.reserve(message);
  }

  @Override
  public OfferResult commit(Message message) {
    return queue.commit(message);
  }

  @Override
  public void release(Message message) {
    queue.release(message);
  }

  @Override
  public void countRefused(DropReason reason) {
    queue.countRefused(reason);
  }

  // ---- the applier's thread

  void start() {
    DeliveryTarget target = settings.deliveryTarget();
    loop.execute(
        () -> {
          connection.target(target);
          connection.start();
        });
  }

  void configure(FanoutName owner, FanoutSettings changed, FanoutTotals totals) {
    TlsChoice oldTls = settings.tls();
    DeliveryTarget oldTarget = settings.deliveryTarget();
    fanout = owner;
    owners.add(owner);
    settings = changed;
    if (!changed.tls().equals(oldTls)) {
      loop.execute(() -> connection.speak(changed.tls()));
    }
    if (!Objects.equals(changed.deliveryTarget(), oldTarget)) {
      loop.execute(() -> connection.target(changed.deliveryTarget()));
    }
    deliveries.configure(changed);
    queue.configure(changed, totals);
    deliveries.reconsider();
  }

  /** Reconnects now: discovery has found the node again. */
  void reconnectNow() {
    loop.execute(connection::reconnectNow);
  }

  /**
   * Drains and then closes. Messages that are left after {@code drainTimeout}, or {@code atMost} if
   * that is less, are dropped for the reason.
   */
  void retire(DropReason reason, Duration atMost) {
    Duration own = settings.drainTimeout();
    Duration timeout = own.compareTo(atMost) < 0 ? own : atMost;
    queue.retire(reason, nanoClock.getAsLong() + timeout.toNanos());
    loop.execute(this::closeIfDone);
  }

  /**
   * Cancels the retirement. Returns false when it is too late: the client has closed, and a new one
   * is needed.
   */
  boolean resume() {
    return queue.resume();
  }

  /** Runs everything that depends on time; to be called a few times each second. */
  void tick() {
    queue.expire();
    load = queue.load();
    if (load.entries() == 0) {
      owners.retainAll(Set.of(fanout));
    }
    health.observe(nanoClock.getAsLong(), load.fill());
    if (queue.drain() != null) {
      loop.execute(this::closeIfDone);
    }
  }

  /** Returns the load of the queue at its last check. */
  QueueLoad load() {
    return load;
  }

  /**
   * Drops some of the oldest messages that have not been started. Returns the number of dropped
   * messages.
   *
   * @param count maximum number of messages
   */
  int shed(int count) {
    int shed = queue.shed(count);
    load = queue.load();
    return shed;
  }

  /** Resets the deliveries in flight, on the loop, which counts them as failed. */
  void shedInFlight() {
    load = load.withoutInFlight();
    loop.execute(deliveries::shed);
  }

  FanoutName fanout() {
    return fanout;
  }

  /** Returns the fanouts that may own messages of the queue; on the applier's thread. */
  Set<FanoutName> owners() {
    return owners;
  }

  /** Returns the time since which the node is connected, on the engine's clock. */
  OptionalLong connectedSince() {
    return health.connectedSince();
  }

  RunningNode running() {
    return new RunningNode(fanout, settings, queue.drain() != null);
  }

  NodeSnapshot snapshot() {
    NodeState state =
        queue.drain() == null ? health.state(nanoClock.getAsLong()) : NodeState.RETIRING;
    return new NodeSnapshot(
        address,
        fanout,
        settings,
        state,
        health.isConnected(),
        health.isDialled(),
        health.detail(),
        deliveries.mode(),
        troubles(),
        queue.snapshot());
  }

  private List<NodeTrouble> troubles() {
    List<NodeTrouble> troubles = new ArrayList<>(health.troubles(nanoClock.getAsLong()));
    troubles.addAll(deliveries.troubles());
    return troubles;
  }

  // ---- the loop: deliveries and the connection

  private void startDeliveries() {
    deliveries.start();
  }

  @Override
  public void onConnected(int concurrency) {
    monitor.connected(concurrency);
    deliveries.connected();
  }

  @Override
  public void onConcurrency(int concurrency) {
    monitor.concurrency(concurrency);
    deliveries.reconsider();
  }

  @Override
  public void onDisconnected(String why, boolean orderly) {
    if (orderly) {
      monitor.replacing(why);
      deliveries.replacing();
      closeIfDone();
    } else {
      notConnected(true, why);
    }
  }

  @Override
  public void onNotDialled(String why) {
    notConnected(false, why);
  }

  private void notConnected(boolean dialled, String why) {
    monitor.disconnected(dialled, why);
    deliveries.disconnected();
    closeIfDone();
  }

  @Override
  public void onAvailable() {
    deliveries.start();
  }

  @Override
  public void onLoop() {
    deliveries.refusedLoop();
  }

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    deliveries.completed(message, evidence, code, detail);
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    deliveries.unprocessed(message, evidence);
  }

  // ---- the loop: closing

  private void closeIfDone() {
    Drain drain = queue.drain();
    if (drain == null) {
      return;
    }
    if (queue.closeIfDrained() || (isOver(drain) && queue.closeRetired())) {
      leftAtClose = new DrainResult(queue.droppedAtClose(), queue.snapshot().inFlight());
      connection.close();
      deliveries.close();
      onClosed.accept(this);
    }
  }

  /** Returns the messages that closing threw away; none before that. */
  DrainResult leftAtClose() {
    return leftAtClose;
  }

  /** Returns the messages that closing would throw away now. */
  DrainResult leftNow() {
    NodeLedger ledger = queue.snapshot();
    return new DrainResult(ledger.queued(), ledger.inFlight());
  }

  private boolean isOver(Drain drain) {
    return drain.isOver(
        nanoClock.getAsLong(), health.isConnected(), health.connectionChangedNanos());
  }
}
