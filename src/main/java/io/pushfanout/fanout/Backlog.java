package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Payload;
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
final class Backlog {
  private final OrderedMessages waiting = new OrderedMessages();
  private final WorkerSlots slots = new WorkerSlots();
  private final Reservations reserved = new Reservations();
  private final HeldOffers held;
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private FanoutSettings settings;
  private long nextSequence;

  Backlog(FanoutSettings settings, HeldOffers held, Ledger ledger, LongSupplier nanoClock) {
    this.settings = settings;
    this.held = held;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
  }

  // ---- room

  boolean isTooLarge(Payload payload) {
    return payload.size() > settings.queueBytes();
  }

  boolean hasRoom(Payload payload) {
    return hasRoom(payload, settings.queueSize(), settings.queueBytes());
  }

  /** The same in a queue that may hold as much as it did then, if that is more than its bounds. */
  boolean hasRoom(Payload payload, Extent then) {
    return hasRoom(
        payload,
        Math.max(then.messages(), settings.queueSize()),
        Math.max(then.bytes(), settings.queueBytes()));
  }

  /** What a free worker is about to take needs none. */
  private boolean hasRoom(Payload payload, int messages, long bytes) {
    int freeForThis = slots.free(settings.workers()) - reserved.messages();
    if (freeForThis > 0) {
      return true;
    }
    return waiting.size() - freeForThis < messages
        && waiting.bytes() + reserved.bytes() + payload.size() <= bytes;
  }

  /** How much waits. */
  record Extent(int messages, long bytes) {}

  Extent extent() {
    return new Extent(waiting.size(), waiting.bytes());
  }

  void reserve(Payload payload) {
    reserved.add(payload.size());
  }

  void unreserve(Payload payload) {
    reserved.remove(payload.size());
  }

  /** Of those that wait. Returns false when none does. */
  boolean removeOldest() {
    return waiting.poll() != null;
  }

  // ---- in and out

  Admission enqueue(Payload payload) {
    ledger.enqueued();
    waiting.add(new QueuedMessage(payload, nanoClock.getAsLong(), nextSequence++));
    return grant() ? Admission.GRANTED : Admission.QUEUED;
  }

  /** The next message that holds a slot and has not been started; null when there is none. */
  @Nullable QueuedMessage takeGranted() {
    for (QueuedMessage m = slots.pollGranted(); m != null; m = slots.pollGranted()) {
      if (!isExpired(m)) {
        return m;
      }
      ledger.expired();
      release();
    }
    return null;
  }

  /** What held a slot needs it no longer. */
  boolean release() {
    slots.release();
    return refill();
  }

  /** Back to its place among those that wait; its slot is free. */
  boolean giveBack(QueuedMessage message) {
    slots.release();
    waiting.add(message);
    return refill();
  }

  /** It has kept its slot, and starts again as soon as it can. */
  void startAgain(QueuedMessage message) {
    slots.grantAgain(message);
  }

  /** Grants the free slots; then who is held gets the room. */
  boolean refill() {
    boolean any = grant();
    for (HeldOffer h = held.peek(); h != null && hasRoom(h.payload()); h = held.peek()) {
      any |= enqueue(h.payload()) == Admission.GRANTED;
      held.acceptFirst();
    }
    return any;
  }

  private boolean grant() {
    boolean any = false;
    for (int free = slots.free(settings.workers()); free > 0 && !waiting.isEmpty(); ) {
      QueuedMessage message = requireNonNull(waiting.poll());
      if (isExpired(message)) {
        ledger.expired();
      } else {
        slots.grant(message);
        free--;
        any = true;
      }
    }
    return any;
  }

  // ---- time

  /** Held offers get the room first. Nothing is granted by it: no slot is free while any wait. */
  void expireWaiting() {
    while (isExpired(waiting.peek())) {
      waiting.poll();
      ledger.expired();
    }
    refill();
  }

  boolean expire() {
    expireWaiting();
    while (isExpired(slots.peekGranted())) {
      slots.pollGranted();
      slots.release();
      ledger.expired();
    }
    return refill();
  }

  private boolean isExpired(@Nullable QueuedMessage message) {
    long ttl = settings.messageTtl().toNanos();
    return message != null && ttl > 0 && nanoClock.getAsLong() - message.enqueuedNanos > ttl;
  }

  // ---- what changes around it

  boolean isConnected() {
    return slots.isConnected();
  }

  boolean connected(int allowed) {
    slots.connected(allowed);
    return refill();
  }

  void disconnected() {
    slots.disconnected(waiting);
    held.refuseAll();
  }

  /** What already waits stays, even in a queue that is now too small for it. */
  void configure(FanoutSettings changed) {
    settings = changed;
    held.refuseLargerThan(changed.queueBytes());
  }

  // ---- reading, and the end

  boolean isEmpty() {
    return slots.inUse() == 0 && waiting.isEmpty() && held.isEmpty() && reserved.messages() == 0;
  }

  /** Throws out all that has not been started. Returns how many messages that were. */
  int abandon() {
    held.refuseAll();
    int dropped = slots.dropGranted() + waiting.size();
    waiting.clear();
    return dropped;
  }

  NodeLedger snapshot() {
    return ledger.snapshot(waiting.size(), waiting.bytes(), slots.inUse());
  }

  /** How full it is, 0 to 1 and above after a shrink: the nearer of its two bounds. */
  double fill() {
    return Math.max(
        (double) waiting.size() / settings.queueSize(),
        (double) waiting.bytes() / settings.queueBytes());
  }
}
