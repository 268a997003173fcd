package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one node that wait for a worker's slot, those that hold one, and who waits for
 * room among them. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>Granting happens within the step that makes it possible, so that {@code queueSize} never
 * counts a message that a free worker is about to take: no slot is free while a message waits.
 * Order is by sequence: what is given back returns to its place.
 *
 * <p>Methods that return a boolean say whether a message was granted a slot.
 */
final class DispatchScheduler {
  private final WaitingMessages waiting = new WaitingMessages();
  private final WorkerSlots slots = new WorkerSlots();
  private final Streams streams;
  private final Reservations reserved = new Reservations();
  private final HeldOffers held;
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private FanoutSettings settings;
  private final Ttl ttl;
  private TransportMode mode = TransportMode.PAUSED;

  /** Whether the node can be reached: its queue's callers may be held, and it has a veto. */
  private boolean connected;

  /** Whether nothing may be started. */
  private boolean shut = true;

  /** Whether one delivery at a time is a probe of the way. */
  private boolean probing;

  private long nextSequence;

  /** Something was granted by a step that could not say so: the next one does. */
  private boolean unannounced;

  /** Some have left that were passed over, perhaps. */
  private boolean someLeft;

  DispatchScheduler(
      FanoutSettings settings, HeldOffers held, Ledger ledger, LongSupplier nanoClock) {
    this.settings = settings;
    this.ttl = new Ttl(settings.messageTtl());
    this.held = held;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.streams = new Streams(waiting, ttl, ledger::expired);
  }

  // ---- room

  boolean isTooLarge(Payload payload) {
    return payload.size() > settings.queueBytes();
  }

  boolean hasRoom(Payload payload) {
    return hasRoom(payload, settings.queueSize(), settings.queueBytes());
  }

  /** What a free worker is about to take needs no place among those that wait. */
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

  /** What is still on streams counts: whoever has one worker is promised an order. */
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
   * Evicts as many of the oldest as this one needs, and no more: a queue that was made smaller
   * keeps the rest of what it held, and works it off.
   *
   * @return whether there is room
   */
  boolean evictFor(Payload payload) {
    long messages = Math.max(waiting.size(), settings.queueSize());
    long bytes = Math.max(ledger.bytes(), settings.queueBytes());
    if (bytesInFlight() + reserved.bytes() + payload.size() > bytes) {
      return false; // To evict would not help.
    }
    while (!hasRoom(payload, messages, bytes)) {
      MessageRun run = waiting.peekRun();
      if (run == null) {
        return false;
      }
      // Were all of the run but one enough, they would go one by one.
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
    someLeft = true;
    return waiting.takeRun();
  }

  /** Of those that wait. Returns false when none does. */
  private boolean dropOldest(DropReason reason) {
    QueuedMessage oldest = waiting.peek();
    if (oldest != null) {
      someLeft = true;
      waiting.remove(oldest);
      ledger.dropped(oldest, reason);
    }
    return oldest != null;
  }

  /**
   * Throws out so many of the oldest that wait, or all; held offers get the room. Where none waits,
   * of those that were granted and have not been started. Returns how many.
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
    unannounced = refill();
    return shed;
  }

  // ---- in and out

  OfferResult enqueue(Message message) {
    ledger.enqueued(message);
    long now = nanoClock.getAsLong();
    dropExpired(now);
    waiting.add(new QueuedMessage(message, now, nextSequence++));
    return announce(grant()) ? OfferResult.GRANTED : OfferResult.QUEUED;
  }

  /** The next message that holds a slot and has not been started; null when there is none. */
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

  /** What held a slot needs it no longer. */
  boolean release(long now) {
    slots.release();
    return refill(now);
  }

  /** Back to its place among those that wait; its slot is free. */
  boolean giveBack(QueuedMessage message) {
    slots.release();
    waiting.addBack(List.of(message));
    return refill();
  }

  /** It has kept its slot, and starts again as soon as it can. */
  void startAgain(QueuedMessage message) {
    slots.grantAgain(message);
  }

  /** Grants what can be granted; then who is held gets the room. */
  boolean refill() {
    return refill(nanoClock.getAsLong());
  }

  private boolean refill(long now) {
    dropExpired(now);
    boolean any = mayStream() ? streams.refill() : grant();
    for (HeldOffer h = held.peek(); h != null && hasRoom(h.message().payload()); h = held.peek()) {
      any |= enqueue(h.message()) == OfferResult.GRANTED;
      held.accept(h);
    }
    return announce(any);
  }

  /**
   * What a step of the streams has left undone is said as what was granted: the loop sees to it.
   */
  private boolean announce(boolean granted) {
    boolean any = granted || unannounced || streams.isUnfinished();
    unannounced = false;
    return any;
  }

  /** Goes on with what a step of the streams has left undone. */
  boolean goOn() {
    if (!streams.isUnfinished()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    streams.goOn(now);
    return refill(now);
  }

  private boolean grant() {
    return switch (mode) {
      case PAUSED -> false;
      case UNARY -> grantSlots();
      case STREAMING -> mayStream() && streams.grantNew();
    };
  }

  /** After calls: what they still have may be of any room. */
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

  /** Held offers get the room first. What is granted by it is said by the next step. */
  void expireWaiting() {
    QueuedMessage oldest = waiting.peek();
    if (oldest == null) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (ttl.isOver(oldest, now)) {
      unannounced = refill(now);
    }
  }

  /** The oldest that wait, whole runs of them first: they take no room from now on. */
  private void dropExpired(long now) {
    for (MessageRun run = waiting.peekRun();
        run != null && ttl.isOver(run.youngest(), now);
        run = waiting.peekRun()) {
      ledger.expired(takeRun());
    }
    for (QueuedMessage oldest = waiting.peek();
        oldest != null && ttl.isOver(oldest, now);
        oldest = waiting.peek()) {
      someLeft = true;
      waiting.remove(oldest);
      ledger.expired(oldest);
    }
  }

  boolean expire() {
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
    boolean any = refill(now);
    if (someLeft) {
      someLeft = false;
      streams.forgetLeft();
    }
    return announce(any);
  }

  boolean isTooOld(QueuedMessage message, long now) {
    return ttl.isOver(message, now);
  }

  // ---- what changes around it

  boolean isConnected() {
    return connected;
  }

  TransportMode mode() {
    return mode;
  }

  /** For {@link StreamQueue} alone, under the same lock. */
  Streams streams() {
    return streams;
  }

  /**
   * @param allowed deliveries that the node takes at a time
   */
  boolean connected(int allowed) {
    connected = true;
    shut = false;
    slots.allow(allowed);
    resizeStreams();
    return refill();
  }

  /** Nothing is started until the next connection, which is on its way: nobody gives up. */
  void replacing() {
    shut();
  }

  void disconnected() {
    mode = TransportMode.PAUSED;
    absent();
  }

  /** Nothing is started; what has been goes on. */
  void absent() {
    connected = false;
    shut();
    held.refuseAll();
  }

  private void shut() {
    shut = true;
    slots.allow(0);
    waiting.addBack(slots.takeGranted());
    resizeStreams();
  }

  /** One delivery may be started, and the next when it has ended. */
  boolean probe() {
    shut = false;
    slots.allow(1);
    resizeStreams();
    return refill();
  }

  /**
   * What has been started goes on as it was.
   *
   * @param probe whether one delivery at a time has to show that the way works
   */
  boolean deliverBy(TransportMode changed, boolean probe) {
    if (mode != changed || probing != probe) {
      waiting.addBack(slots.takeGranted());
      mode = changed;
      probing = probe;
      resizeStreams();
    }
    return refill();
  }

  private void resizeStreams() {
    boolean streaming = mode == TransportMode.STREAMING && !shut;
    // A node that takes no new stream at the moment keeps one.
    int limit = probing ? 1 : Math.max(1, slots.limit(settings.workers()));
    streams.resize(streaming ? limit : 0, window());
  }

  /** With one worker and retry the head blocks: nothing that it might follow is sent before. */
  private int window() {
    boolean headBlocks = settings.workers() == 1 && settings.retry().maxAttempts() > 1;
    return headBlocks || probing || !connected ? 1 : settings.deliveryWindow();
  }

  /** What already waits stays, even in a queue that is now too small for it. */
  void configure(FanoutSettings changed) {
    settings = changed;
    ttl.set(changed.messageTtl());
    resizeStreams();
    held.refuseLargerThan(changed.queueBytes());
  }

  // ---- reading, and the end

  boolean isEmpty() {
    return inFlight() == 0 && waiting.isEmpty() && held.isEmpty() && reserved.messages() == 0;
  }

  /** Throws out all that has not been started. Returns how many messages that were. */
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
