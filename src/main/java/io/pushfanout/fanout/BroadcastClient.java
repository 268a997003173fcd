package io.pushfanout.fanout;

import io.pushfanout.broadcast.Recipients.Recipient;
import io.pushfanout.delivery.Dispatcher;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.delivery.NodeHealth;
import io.pushfanout.delivery.NodeLog;
import io.pushfanout.fanout.FanoutEngine.DrainResult;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.plan.Planner.RunningNode;
import io.pushfanout.queue.Drain;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.QueueLoad;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The client of one node, which delivers messages to it: a bounded queue, a number of workers and
 * one connection.
 *
 * <p>A worker is no thread but a slot for one delivery in flight. Three parties meet here. Any
 * thread offers messages to the {@link MessageQueue}. The applier's thread alone changes settings,
 * retires and resumes. Everything about the connection happens in the {@link Dispatcher}, on the
 * node's loop.
 *
 * <p>Lifecycle: open, retiring (drains, may be resumed), closed. The queue decides each transition
 * under its lock; the call that closes it also ends the connection and reports to {@code onClosed}.
 */
final class BroadcastClient {
  private final NodeAddress address;
  private final Dispatcher deliveries;
  private final MessageQueue queue;
  private final NodeHealth health;
  private final LongSupplier nanoClock;
  private final Consumer<BroadcastClient> onClosed;
  private volatile DrainResult leftAtClose = DrainResult.NOTHING;

  /** Load of the queue at its last check; touched on the applier's thread only. */
  private QueueLoad load = QueueLoad.NOTHING;

  /** Fanouts that may own messages of the queue; touched on the applier's thread only. */
  private final Set<FanoutName> owners = new HashSet<>();

  private volatile FanoutName fanout;
  private volatile FanoutSettings settings;

  /** Begin of the present retirement, in nanoseconds; valid while the queue drains. */
  private volatile long retiredNanos;

  BroadcastClient(
      NodeAddress address,
      FanoutName fanout,
      FanoutSettings settings,
      FanoutTotals totals,
      Connector connector,
      NodeLog log,
      RoomIndex index,
      LongSupplier nanoClock,
      Consumer<BroadcastClient> onClosed) {
    this.address = address;
    this.fanout = fanout;
    this.owners.add(fanout);
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.onClosed = onClosed;
    this.deliveries =
        new Dispatcher(
            address,
            this::fanout,
            settings,
            totals,
            connector,
            log,
            index,
            nanoClock,
            this::closeIfDone);
    this.queue = deliveries.queue();
    this.health = deliveries.health();
  }

  NodeAddress address() {
    return address;
  }

  /** Returns the queue, to which any thread may offer messages. */
  MessageQueue queue() {
    return queue;
  }

  /** Returns the node as a recipient of broadcasts. */
  Recipient recipient() {
    return new Recipient(queue, deliveries.rooms());
  }

  // ---- the applier's thread

  void start() {
    deliveries.start();
  }

  void configure(FanoutName owner, FanoutSettings changed, FanoutTotals totals) {
    fanout = owner;
    owners.add(owner);
    settings = changed;
    deliveries.configure(changed, totals);
  }

  /** Reconnects now: discovery has found the node again. */
  void reconnectNow() {
    deliveries.reconnectNow();
  }

  /**
   * Drains and then closes. Messages that are left after {@code drainTimeout}, or {@code atMost} if
   * that is less, are dropped for the reason.
   */
  void retire(DropReason reason, Duration atMost) {
    retiredNanos = nanoClock.getAsLong();
    Duration own = settings.drainTimeout();
    Duration timeout = own.compareTo(atMost) < 0 ? own : atMost;
    queue.retire(reason, retiredNanos + timeout.toNanos());
    deliveries.execute(this::closeIfDone);
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
      deliveries.execute(this::closeIfDone);
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
    deliveries.shed();
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
    long nowNanos = nanoClock.getAsLong();
    boolean retires = queue.drain() != null;
    long sinceNanos = retires ? retiredNanos : health.stateSinceNanos();
    return new NodeSnapshot(
        address,
        fanout,
        settings,
        retires ? NodeState.RETIRING : health.state(nowNanos),
        Duration.ofNanos(Math.max(0, nowNanos - sinceNanos)),
        health.isConnected(),
        health.isDialled(),
        health.detail(),
        deliveries.mode(),
        deliveries.rooms().routing(),
        deliveries.rooms().size(),
        deliveries.troubles(),
        queue.snapshot());
  }

  // ---- the loop: closing

  private void closeIfDone() {
    Drain drain = queue.drain();
    if (drain == null) {
      return;
    }
    if (queue.closeIfDrained() || (isOver(drain) && queue.closeRetired())) {
      leftAtClose = new DrainResult(queue.droppedAtClose(), queue.snapshot().inFlight());
      deliveries.close(() -> onClosed.accept(this));
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
