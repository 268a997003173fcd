package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The scheduler of one node: messages that wait for a worker's slot, messages that hold one, and
 * offers that wait for room. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>The step that makes a grant possible also makes the grant, so that {@code queueSize} never
 * counts a message that a free worker is about to take: no slot is free while a message waits.
 * Messages are in the order of their sequence: a message that is given back returns to its place.
 */
final class DispatchScheduler {
  private final WaitingMessages waiting;
  private final WaitingDrops drops;
  private final QueueRoom room;
  private final WorkerSlots slots;
  private final Streams streams;
  private final HeldOffers held;
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final Wakeup wakeup;
  private FanoutSettings settings;
  private final Ttl ttl;
  private final TransportState transport;
  private long nextSequence;

  DispatchScheduler(
      FanoutSettings settings,
      WaitingMessages waiting,
      Ttl ttl,
      WaitingDrops drops,
      QueueRoom room,
      HeldOffers held,
      Ledger ledger,
      LongSupplier nanoClock,
      Wakeup wakeup) {
    this.settings = settings;
    this.waiting = waiting;
    this.ttl = ttl;
    this.drops = drops;
    this.room = room;
    this.transport = new TransportState(settings);
    this.held = held;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.wakeup = wakeup;
    this.slots = new WorkerSlots(waiting, ttl, ledger::expired);
    this.streams = new Streams(waiting, ttl, ledger::expired, wakeup);
  }

  // ---- room

  boolean hasRoom(Payload payload) {
    return room.fits(payload.size(), free(payload));
  }

  /** Returns the number of messages like this one that could start now. */
  int free(Payload payload) {
    return switch (transport.mode()) {
      case PAUSED -> 0;
      case UNARY -> freeSlots();
      case STREAMING -> mayStream() ? streams.free(payload) : 0;
    };
  }

  /**
   * Returns the number of free slots. Messages that are still on streams count as in flight,
   * because one worker is promised an order.
   */
  private int freeSlots() {
    return Math.max(0, slots.limit(settings.workers()) - inFlight());
  }

  int inFlight() {
    return slots.inUse() + streams.lanes().unsettled();
  }

  /**
   * Drops some of the oldest waiting messages; held offers get the room. If no message waits,
   * messages that are granted but not started wait again, and are dropped. Returns the number of
   * dropped messages.
   *
   * @param count maximum number of messages
   */
  int shed(int count) {
    if (waiting.isEmpty()) {
      slots.takeBackGranted();
      streams.takeBackGranted();
    }
    int shed = 0;
    while (shed < count && drops.dropOldest(DropReason.SHED)) {
      shed++;
    }
    refill();
    return shed;
  }

  // ---- in and out

  void enqueue(Message message) {
    if (enqueueAndGrant(message)) {
      wakeup.soon();
    }
  }

  /** Enqueues a message. Returns whether a message was granted. */
  private boolean enqueueAndGrant(Message message) {
    ledger.enqueued(message);
    long now = nanoClock.getAsLong();
    QueuedMessage queued = new QueuedMessage(message, now, nextSequence++);
    if (transport.mode() == TransportMode.UNARY && waiting.isEmpty() && freeSlots() > 0) {
      // The usual case: the message need not pass through the waiting ones.
      slots.grant(queued);
      return true;
    }
    drops.dropExpired(now);
    waiting.add(queued);
    return grant() || streams.isUnfinished();
  }

  /** Grants slots to waiting messages, then room to held offers, and wakes the loop for both. */
  void refill() {
    refill(nanoClock.getAsLong());
  }

  /** Does the same at a time that the step has read already. */
  void refill(long now) {
    drops.dropExpired(now);
    boolean any = mayStream() ? streams.refill() : grant();
    for (HeldOffer h = held.peek(); h != null && hasRoom(h.message().payload()); h = held.peek()) {
      any |= enqueueAndGrant(h.message());
      held.accept(h);
    }
    if (any || streams.isUnfinished()) {
      wake();
    }
  }

  void wake() {
    wakeup.now();
  }

  /** Continues the unfinished work of the streams. */
  void continueUnfinished() {
    if (streams.isUnfinished()) {
      long now = nanoClock.getAsLong();
      streams.continueUnfinished(now);
      refill(now);
    }
  }

  private boolean grant() {
    return switch (transport.mode()) {
      case PAUSED -> false;
      case UNARY -> slots.grant(freeSlots());
      case STREAMING -> mayStream() && streams.grantNew();
    };
  }

  /**
   * Returns whether streams may get messages: not while calls are in flight, which may be of any
   * room.
   */
  private boolean mayStream() {
    return transport.mode() == TransportMode.STREAMING && slots.inUse() == 0;
  }

  // ---- time

  void expire() {
    long now = nanoClock.getAsLong();
    slots.expireGranted(now);
    streams.expireGranted(now);
    streams.trim();
    refill(now);
    if (drops.pollAny()) {
      streams.forgetDeparted();
      if (streams.isUnfinished()) {
        wake();
      }
    }
  }

  // ---- changes of connection, mode and settings

  boolean isConnected() {
    return transport.isConnected();
  }

  /** Returns whether a call may be sent again in the slot that it has kept. */
  boolean mayResendCalls() {
    return transport.isConnected() && transport.mode() == TransportMode.UNARY;
  }

  /** Returns the slots, for {@link CallQueue} alone and under the same lock. */
  WorkerSlots slots() {
    return slots;
  }

  /** Returns the streams, for {@link StreamQueue} alone and under the same lock. */
  Streams streams() {
    return streams;
  }

  /**
   * @param allowed deliveries that the node takes at a time
   */
  void connected(int allowed) {
    transport.connected();
    slots.allow(allowed);
    resizeStreams();
    refill();
  }

  void disconnected() {
    transport.deliverBy(TransportMode.PAUSED, false);
    absent();
  }

  /** Suspends starts and refuses held offers; started deliveries go on. */
  void absent() {
    transport.absent();
    suspend();
    held.refuseAll();
  }

  /** Suspends starts; held offers stay. */
  void suspend() {
    transport.suspend();
    slots.allow(0);
    slots.takeBackGranted();
    resizeStreams();
  }

  /** Allows one delivery to start, and the next when it has ended. */
  void probe() {
    transport.probe();
    slots.allow(1);
    resizeStreams();
    refill();
  }

  /**
   * Changes the mode; started deliveries go on as they were.
   *
   * @param probe whether one delivery at a time has to show that the mode works
   */
  void deliverBy(TransportMode changed, boolean probe) {
    if (transport.deliverBy(changed, probe)) {
      slots.takeBackGranted();
      resizeStreams();
    }
    refill();
  }

  private void resizeStreams() {
    int limit = slots.limit(settings.workers());
    streams.resize(transport.streams(limit), transport.window());
  }

  /**
   * Changes the settings; waiting messages stay, even in a queue that is now too small for them.
   */
  void configure(FanoutSettings changed) {
    settings = changed;
    room.configure(changed);
    transport.configure(changed);
    ttl.set(changed.messageTtl());
    resizeStreams();
    held.refuseLargerThan(changed.queueBytes());
  }

  // ---- reading and closing

  boolean isEmpty() {
    return inFlight() == 0 && waiting.isEmpty() && held.isEmpty() && !room.hasReservations();
  }

  /** Drops all messages that have not been started. Returns their number. */
  int abandon(DropReason reason) {
    held.refuseAll();
    List<QueuedMessage> left = new ArrayList<>(slots.takeGranted());
    left.addAll(streams.takeUnsent());
    left.forEach(message -> ledger.dropped(message, reason));
    return left.size() + drops.dropAll(reason);
  }
}
