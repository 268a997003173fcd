package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Payload;
import io.pushfanout.model.StatusCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one node: those that wait, those that hold a worker's slot, and the ledger of
 * all.
 *
 * <p>Every method is one atomic step under this object's lock, so that the ledger balances whenever
 * it is read. Callers offer from any thread; the node's loop takes and settles. Nothing that could
 * wait is called under the lock: counters are adders, and held callers are told through {@code
 * notifier}.
 *
 * <p>A message waits, is <i>granted</i> a slot as soon as one is free, is started by the loop, and
 * is settled: delivered, failed, or given back. Granting happens within the step that makes it
 * possible, so that {@code queueSize} never counts a message that a free worker is about to take.
 * No slot is free while a message waits. Order is by sequence: what is given back returns to its
 * place.
 */
final class MessageQueue {
  private final OrderedMessages waiting = new OrderedMessages();
  private final OrderedMessages granted = new OrderedMessages();
  private final Deque<HeldOffer> held = new ArrayDeque<>();
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final Executor notifier;

  private FanoutSettings settings;

  /** Slots in use: granted, started, or in retry backoff. */
  private int inFlight;

  /** Room promised to broadcasts of policy Reject that are still asking other nodes. */
  private int reserved;

  private long reservedBytes;

  /** What the node allows at a time; meaningful while connected. */
  private int concurrency;

  private boolean connected;
  private boolean closed;
  private @Nullable Retirement retirement;
  private int droppedAtClose;
  private long nextSequence;

  /**
   * Why and until when a retired node's queue drains.
   *
   * @param sinceNanos when it began, on the engine's clock
   * @param overdueNanos when it has taken too long
   */
  record Retirement(DropReason reason, long sinceNanos, long overdueNanos) {}

  MessageQueue(FanoutSettings settings, Ledger ledger, LongSupplier nanoClock, Executor notifier) {
    this.settings = settings;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.notifier = notifier;
  }

  // ---- offering: any thread

  /** Policies DropNewest and DropOldest. */
  synchronized Admission offer(Payload payload, boolean evictOldest) {
    Admission refusal = refusal(payload);
    if (refusal != null) {
      return refusal;
    }
    expireWaiting();
    while (evictOldest && !hasRoom(payload.size()) && !waiting.isEmpty()) {
      waiting.poll();
      ledger.dropped(DropReason.EVICTED);
    }
    if (hasRoom(payload.size()) && (held.isEmpty() || evictOldest)) {
      return enqueue(payload);
    }
    ledger.dropped(DropReason.QUEUE_FULL);
    return Admission.FULL;
  }

  /** Policy Block: a full queue of a connected node holds the offer, first come first served. */
  synchronized Admission offerOrHold(HeldOffer offer) {
    Admission refusal = refusal(offer.payload());
    if (refusal != null) {
      return refusal;
    }
    expireWaiting();
    if (held.isEmpty() && hasRoom(offer.payload().size())) {
      return enqueue(offer.payload());
    }
    if (connected) {
      held.addLast(offer);
      return Admission.HELD;
    }
    ledger.dropped(DropReason.QUEUE_FULL);
    return Admission.FULL;
  }

  /**
   * The held offer's caller waits no longer.
   *
   * @return whether it was still held; it then counts as dropped and is not told
   */
  synchronized boolean withdraw(HeldOffer offer) {
    if (!held.remove(offer)) {
      return false;
    }
    ledger.dropped(DropReason.QUEUE_FULL);
    refill(); // A smaller one may have waited behind it, for room in the queue and not for a slot.
    return true;
  }

  /**
   * Policy Reject, first step. What is RESERVED must be committed or released; nothing is counted.
   */
  synchronized Admission reserve(Payload payload) {
    if (closed) {
      return closedAdmission();
    }
    if (!connected) {
      return Admission.NOT_CONNECTED;
    }
    if (payload.size() > settings.queueBytes()) {
      return Admission.TOO_LARGE;
    }
    expireWaiting();
    if (!held.isEmpty() || !hasRoom(payload.size())) {
      return Admission.FULL;
    }
    reserved++;
    reservedBytes += payload.size();
    return Admission.RESERVED;
  }

  /** Policy Reject: every connected node has room. */
  synchronized Admission commit(Payload payload) {
    unreserve(payload);
    return closed ? closedAdmission() : enqueue(payload);
  }

  /** Policy Reject: some node had none. */
  synchronized boolean release(Payload payload) {
    unreserve(payload);
    return refill();
  }

  /** Policy Reject: this node is one of those that the refused broadcast was for. */
  synchronized void countRefused(DropReason reason) {
    ledger.dropped(reason);
  }

  private void unreserve(Payload payload) {
    reserved--;
    reservedBytes -= payload.size();
  }

  private @Nullable Admission refusal(Payload payload) {
    if (closed) {
      return closedAdmission();
    }
    if (payload.size() > settings.queueBytes()) {
      ledger.dropped(DropReason.TOO_LARGE);
      return Admission.TOO_LARGE;
    }
    return null;
  }

  private Admission closedAdmission() {
    return retirement != null && retirement.reason() == DropReason.SHUTDOWN
        ? Admission.STOPPED
        : Admission.CLOSED;
  }

  private boolean hasRoom(int size) {
    int freeForThis = freeSlots() - reserved;
    if (freeForThis > 0) {
      return true;
    }
    return waiting.size() - freeForThis < settings.queueSize()
        && waiting.bytes() + reservedBytes + size <= settings.queueBytes();
  }

  private int freeSlots() {
    return connected ? Math.max(0, Math.min(settings.workers(), concurrency) - inFlight) : 0;
  }

  private Admission enqueue(Payload payload) {
    ledger.enqueued();
    waiting.add(new QueuedMessage(payload, nanoClock.getAsLong(), nextSequence++));
    return grant() ? Admission.GRANTED : Admission.QUEUED;
  }

  // ---- taking and settling: the node's loop. Each returns whether a message was granted a slot.

  /** The next message that holds a slot and has not been started; null when there is none. */
  synchronized @Nullable QueuedMessage takeGranted() {
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      if (!isExpired(m)) {
        return m;
      }
      freeSlot();
      ledger.expired();
      refill();
    }
    return null;
  }

  synchronized boolean delivered(QueuedMessage message) {
    ledger.delivered(nanoClock.getAsLong() - message.enqueuedNanos);
    return freeSlotAndRefill();
  }

  synchronized boolean failed(StatusCode code) {
    ledger.failed(code);
    return freeSlotAndRefill();
  }

  /** Back to its place among those that wait; its slot is free. */
  synchronized boolean giveBack(QueuedMessage message) {
    if (closed) {
      ledger.failed(StatusCode.CANCELLED);
      freeSlot();
      return false;
    }
    freeSlot();
    waiting.add(message);
    return refill();
  }

  /** After its retry backoff: it has kept its slot, and starts again as soon as it can. */
  synchronized boolean resend(QueuedMessage message) {
    if (!connected || closed) {
      return giveBack(message);
    }
    granted.add(message);
    return true;
  }

  private boolean freeSlotAndRefill() {
    freeSlot();
    return refill();
  }

  private void freeSlot() {
    inFlight--;
  }

  // ---- changes of state. Each returns whether a message was granted a slot.

  synchronized boolean connected(int allowed) {
    connected = true;
    concurrency = allowed;
    return refill();
  }

  synchronized void disconnected() {
    connected = false;
    inFlight -= granted.size();
    waiting.addAll(granted);
    refuseHeld();
  }

  /** What already waits stays, even in a queue that is now too small for it. */
  synchronized boolean configure(FanoutSettings changed, FanoutTotals owner) {
    settings = changed;
    ledger.moveTo(owner);
    refuseHeldTooLarge();
    return !closed && refill();
  }

  /** Throws out what is too old; to be called every now and then. */
  synchronized boolean expire() {
    expireWaiting();
    while (isExpired(granted.peek())) {
      granted.poll();
      freeSlot();
      ledger.expired();
    }
    return refill();
  }

  // ---- retiring and closing

  /** Starts to drain. A drain under way gets no longer by it, but it may get another reason. */
  synchronized void retire(DropReason reason, long overdueNanos) {
    long now = nanoClock.getAsLong();
    if (retirement != null && retirement.overdueNanos() - overdueNanos < 0) {
      overdueNanos = retirement.overdueNanos();
    }
    retirement = new Retirement(reason, now, overdueNanos);
  }

  /** Takes the retirement back. Returns false when it is too late: the queue has closed. */
  synchronized boolean resume() {
    retirement = null;
    return !closed;
  }

  synchronized @Nullable Retirement retirement() {
    return retirement;
  }

  /** Closes if it is retiring and nothing is left. Returns whether this call closed it. */
  synchronized boolean closeIfDrained() {
    if (closed || retirement == null || inFlight + waiting.size() + held.size() + reserved > 0) {
      return false;
    }
    closed = true;
    return true;
  }

  /**
   * Closes if it is still retiring: what waits is dropped for the retirement's reason. Calls in
   * flight are the connection's to cancel. Returns whether this call closed it.
   */
  synchronized boolean closeRetired() {
    if (closed || retirement == null) {
      return false;
    }
    closed = true;
    refuseHeld();
    inFlight -= granted.size();
    droppedAtClose = granted.size() + waiting.size();
    for (int i = 0; i < droppedAtClose; i++) {
      ledger.dropped(retirement.reason());
    }
    granted.clear();
    waiting.clear();
    return true;
  }

  /** How many messages {@link #closeRetired} dropped. */
  synchronized int droppedAtClose() {
    return droppedAtClose;
  }

  // ---- reading

  synchronized NodeLedger snapshot() {
    return ledger.snapshot(waiting.size(), waiting.bytes(), inFlight);
  }

  /** How full it is, 0 to 1 and above after a shrink: the nearer of its two bounds. */
  synchronized double fill() {
    return Math.max(
        (double) waiting.size() / settings.queueSize(),
        (double) waiting.bytes() / settings.queueBytes());
  }

  // ---- steps, under the lock

  private boolean refill() {
    boolean any = grant();
    while (!held.isEmpty() && hasRoom(held.element().payload().size())) {
      HeldOffer offer = held.remove();
      any |= enqueue(offer.payload()) == Admission.GRANTED;
      notifier.execute(() -> offer.settled(true));
    }
    return any;
  }

  private boolean grant() {
    boolean any = false;
    for (int free = freeSlots(); free > 0 && !waiting.isEmpty(); ) {
      QueuedMessage message = requireNonNull(waiting.poll());
      if (isExpired(message)) {
        ledger.expired();
      } else {
        granted.add(message);
        inFlight++;
        free--;
        any = true;
      }
    }
    return any;
  }

  private void refuseHeld() {
    held.forEach(offer -> refuse(offer, DropReason.QUEUE_FULL));
    held.clear();
  }

  /** What has become larger than the bound would block the others for ever. */
  private void refuseHeldTooLarge() {
    held.removeIf(
        offer -> {
          boolean tooLarge = offer.payload().size() > settings.queueBytes();
          if (tooLarge) {
            refuse(offer, DropReason.TOO_LARGE);
          }
          return tooLarge;
        });
  }

  private void refuse(HeldOffer offer, DropReason reason) {
    ledger.dropped(reason);
    notifier.execute(() -> offer.settled(false));
  }

  /** Held offers get the room first. Nothing is granted by it: no slot is free while any wait. */
  private void expireWaiting() {
    while (isExpired(waiting.peek())) {
      waiting.poll();
      ledger.expired();
    }
    refill();
  }

  private boolean isExpired(@Nullable QueuedMessage message) {
    long ttl = settings.messageTtl().toNanos();
    return message != null && ttl > 0 && nanoClock.getAsLong() - message.enqueuedNanos > ttl;
  }
}
