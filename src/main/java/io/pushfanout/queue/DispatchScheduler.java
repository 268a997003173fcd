package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one node: messages that wait for a worker's slot, messages that hold one, and
 * offers that wait for room. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>The step that makes a grant possible also makes the grant, so that {@code queueSize} never
 * counts a message that a free worker is about to take: no slot is free while a message waits.
 * Messages are in the order of their sequence: a message that is given back returns to its place.
 */
final class DispatchScheduler {
  private final WaitingMessages waiting = new WaitingMessages();
  private final WorkerSlots slots = new WorkerSlots();
  private final Streams streams;
  private final Reservations reserved = new Reservations();
  private final HeldOffers held;
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final Wakeup wakeup;
  private FanoutSettings settings;
  private final Ttl ttl;
  private TransportMode mode = TransportMode.PAUSED;

  /**
   * Whether the node can be reached: its queue may hold callers, and it has a veto under policy
   * Reject.
   */
  private boolean connected;

  /** Whether no delivery may start. */
  private boolean suspended = true;

  /** Whether each delivery is a probe of the mode, one at a time. */
  private boolean probing;

  private long nextSequence;

  /** Whether skipped messages may have left the queue. */
  private boolean skippedMayHaveLeft;

  DispatchScheduler(
      FanoutSettings settings,
      HeldOffers held,
      Ledger ledger,
      LongSupplier nanoClock,
      Wakeup wakeup) {
    this.settings = settings;
    this.ttl = new Ttl(settings.messageTtl());
    this.held = held;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.wakeup = wakeup;
    this.streams = new Streams(waiting, ttl, ledger::expired, wakeup);
  }

  // ---- room

  boolean isTooLarge(Payload payload) {
    return payload.size() > settings.queueBytes();
  }

  boolean hasRoom(Payload payload) {
    return hasRoom(payload, settings.queueSize(), settings.queueBytes());
  }

  /**
   * Returns whether a message fits these bounds. A message that a free worker is about to take
   * needs no place among the waiting messages.
   */
  private boolean hasRoom(Payload payload, long messages, long bytes) {
    if (ledger.bytes() + reserved.bytes() + payload.size() > bytes) {
      return false;
    }
    int freeForThis = free(payload) - reserved.messages();
    return freeForThis > 0 || waiting.size() - freeForThis < messages;
  }

  private int free(Payload payload) {
    return switch (mode) {
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

  private int inFlight() {
    return slots.inUse() + streams.unsettled();
  }

  private long bytesInFlight() {
    return ledger.bytes() - waiting.bytes();
  }

  void reserve(Payload payload) {
    reserved.add(payload.size());
  }

  void unreserve(Payload payload) {
    reserved.remove(payload.size());
  }

  /**
   * Evicts as many of the oldest messages as this one needs, and no more: a queue that was made
   * smaller keeps the rest of its messages, and works them off.
   *
   * @return whether there is room
   */
  boolean evictFor(Payload payload) {
    long messages = Math.max(waiting.size(), settings.queueSize());
    long bytes = Math.max(ledger.bytes(), settings.queueBytes());
    if (bytesInFlight() + reserved.bytes() + payload.size() > bytes) {
      return false; // Evictions would not help.
    }
    while (!hasRoom(payload, messages, bytes)) {
      MessageRun run = waiting.peekRun();
      if (run == null) {
        return false;
      }
      // If the run without its youngest is enough, its messages leave one by one.
      long bytesButOne = run.bytes() - run.youngest().size();
      if (hasRoom(payload, messages + run.size() - 1, bytes + bytesButOne)) {
        dropOldest(DropReason.EVICTED);
      } else {
        ledger.dropped(takeRun(), DropReason.EVICTED);
      }
    }
    return true;
  }

  private MessageRun takeRun() {
    skippedMayHaveLeft = true;
    return waiting.takeRun();
  }

  /** Drops the oldest waiting message. Returns false when no message waits. */
  private boolean dropOldest(DropReason reason) {
    QueuedMessage oldest = waiting.peek();
    if (oldest != null) {
      skippedMayHaveLeft = true;
      waiting.remove(oldest);
      ledger.dropped(oldest, reason);
    }
    return oldest != null;
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
      waiting.addBack(slots.takeGranted());
      streams.takeBackGranted();
    }
    int shed = 0;
    while (shed < count && dropOldest(DropReason.SHED)) {
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
    dropExpired(now);
    waiting.add(new QueuedMessage(message, now, nextSequence++));
    return grant() || streams.isUnfinished();
  }

  /**
   * Returns the next message that holds a slot and has not been started; null when there is none.
   */
  @Nullable QueuedMessage takeGranted(long now) {
    for (QueuedMessage m = slots.pollGranted(); m != null; m = slots.pollGranted()) {
      if (!ttl.isOverForGranted(m, now)) {
        return m;
      }
      ledger.expired(m);
      release(now);
    }
    return null;
  }

  /** Frees the slot of a message that needs it no longer. */
  void release(long now) {
    slots.release();
    refill(now);
  }

  /** Returns a message to its place among the waiting messages and frees its slot. */
  void giveBack(QueuedMessage message) {
    slots.release();
    waiting.addBack(List.of(message));
    refill();
  }

  /** Starts a message again as soon as possible, in the slot that it has kept. */
  void startAgain(QueuedMessage message) {
    slots.grantAgain(message);
    wakeup.now();
  }

  /** Grants slots to waiting messages, then room to held offers, and wakes the loop for both. */
  void refill() {
    refill(nanoClock.getAsLong());
  }

  private void refill(long now) {
    dropExpired(now);
    boolean any = mayStream() ? streams.refill() : grant();
    for (HeldOffer h = held.peek(); h != null && hasRoom(h.message().payload()); h = held.peek()) {
      any |= enqueueAndGrant(h.message());
      held.accept(h);
    }
    if (any || streams.isUnfinished()) {
      wakeup.now();
    }
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
    return switch (mode) {
      case PAUSED -> false;
      case UNARY -> grantSlots();
      case STREAMING -> mayStream() && streams.grantNew();
    };
  }

  /**
   * Returns whether streams may get messages: not while calls are in flight, which may be of any
   * room.
   */
  private boolean mayStream() {
    return mode == TransportMode.STREAMING && slots.inUse() == 0;
  }

  private boolean grantSlots() {
    boolean any = false;
    for (int free = freeSlots(); free > 0; free--) {
      QueuedMessage message = waiting.peek();
      if (message == null) {
        break;
      }
      waiting.remove(message);
      slots.grant(message);
      any = true;
    }
    return any;
  }

  // ---- time

  /**
   * Drops waiting messages that have expired; held offers get the room before a new offer.
   */
  void expireWaiting() {
    QueuedMessage oldest = waiting.peek();
    if (oldest == null) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (ttl.isOver(oldest, now)) {
      refill(now);
    }
  }

  /**
   * Drops the waiting messages that have expired, whole runs first: they take no room from now on.
   */
  private void dropExpired(long now) {
    for (MessageRun run = waiting.peekRun();
        run != null && ttl.isOver(run.youngest(), now);
        run = waiting.peekRun()) {
      ledger.expired(takeRun());
    }
    for (QueuedMessage oldest = waiting.peek();
        oldest != null && ttl.isOver(oldest, now);
        oldest = waiting.peek()) {
      skippedMayHaveLeft = true;
      waiting.remove(oldest);
      ledger.expired(oldest);
    }
  }

  void expire() {
    long now = nanoClock.getAsLong();
    for (QueuedMessage m = slots.peekGranted();
        m != null && ttl.isOverForGranted(m, now);
        m = slots.peekGranted()) {
      slots.pollGranted();
      slots.release();
      ledger.expired(m);
    }
    streams.expireGranted(now);
    streams.trim();
    refill(now);
    if (skippedMayHaveLeft) {
      skippedMayHaveLeft = false;
      streams.forgetDeparted();
      if (streams.isUnfinished()) {
        wakeup.now();
      }
    }
  }

  boolean isTooOld(QueuedMessage message, long now) {
    return ttl.isOver(message, now);
  }

  // ---- changes of connection, mode and settings

  boolean isConnected() {
    return connected;
  }

  TransportMode mode() {
    return mode;
  }

  /** Returns the streams, for {@link StreamQueue} alone and under the same lock. */
  Streams streams() {
    return streams;
  }

  /**
   * @param allowed deliveries that the node takes at a time
   */
  void connected(int allowed) {
    connected = true;
    suspended = false;
    slots.allow(allowed);
    resizeStreams();
    refill();
  }

  /** Suspends starts until the next connection, which is on its way: held offers stay. */
  void replacing() {
    suspend();
  }

  void disconnected() {
    mode = TransportMode.PAUSED;
    absent();
  }

  /** Suspends starts and refuses held offers; started deliveries go on. */
  void absent() {
    connected = false;
    suspend();
    held.refuseAll();
  }

  private void suspend() {
    suspended = true;
    slots.allow(0);
    waiting.addBack(slots.takeGranted());
    resizeStreams();
  }

  /** Allows one delivery to start, and the next when it has ended. */
  void probe() {
    suspended = false;
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
    if (mode != changed || probing != probe) {
      waiting.addBack(slots.takeGranted());
      mode = changed;
      probing = probe;
      resizeStreams();
    }
    refill();
  }

  private void resizeStreams() {
    boolean streaming = mode == TransportMode.STREAMING && !suspended;
    // A node that takes no new stream at the moment keeps one.
    int limit = probing ? 1 : Math.max(1, slots.limit(settings.workers()));
    streams.resize(streaming ? limit : 0, window());
  }

  /**
   * Returns the window of each stream. With one worker and retry the head blocks: no message that
   * may follow it is sent before.
   */
  private int window() {
    boolean headBlocks = settings.workers() == 1 && settings.retry().maxAttempts() > 1;
    return headBlocks || probing || !connected ? 1 : settings.deliveryWindow();
  }

  /**
   * Changes the settings; waiting messages stay, even in a queue that is now too small for them.
   */
  void configure(FanoutSettings changed) {
    settings = changed;
    ttl.set(changed.messageTtl());
    resizeStreams();
    held.refuseLargerThan(changed.queueBytes());
  }

  // ---- reading and closing

  boolean isEmpty() {
    return inFlight() == 0 && waiting.isEmpty() && held.isEmpty() && reserved.messages() == 0;
  }

  /** Drops all messages that have not been started. Returns their number. */
  int abandon(DropReason reason) {
    held.refuseAll();
    List<QueuedMessage> left = new ArrayList<>(slots.takeGranted());
    left.addAll(streams.takeUnsent());
    left.forEach(message -> ledger.dropped(message, reason));
    int dropped = left.size() + waiting.size();
    while (!waiting.isEmpty()) {
      ledger.dropped(takeRun(), reason);
    }
    return dropped;
  }

  NodeLedger snapshot() {
    return ledger.snapshot(waiting.size(), waiting.bytes(), inFlight());
  }

  QueueLoad load() {
    double fill =
        Math.max(
            (double) waiting.size() / settings.queueSize(),
            (double) ledger.bytes() / settings.queueBytes());
    return new QueueLoad(fill, waiting.size(), waiting.bytes(), inFlight(), bytesInFlight());
  }
}
