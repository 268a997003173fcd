package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.StatusCode;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one node: its {@link DispatchScheduler}, its lifecycle, and the ledger of all
 * messages.
 *
 * <p>Every method that changes anything is one atomic step under this object's lock, which guards
 * all its parts, so that the ledger balances whenever it is read. Callers offer from any thread;
 * the node's loop takes and settles. Nothing that could wait is called under the lock: counters are
 * adders, and held callers are told through {@code notifier}.
 *
 * <p>A message waits, is <i>granted</i> a slot as soon as one is free, is started by the loop, and
 * is settled: delivered, failed, or given back.
 */
public final class MessageQueue {
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final HeldOffers held;
  private final DispatchScheduler scheduler;
  private final QueueLifecycle lifecycle = new QueueLifecycle();
  private final AdmissionControl admission;
  private final StreamQueue streams;
  private int droppedAtClose;

  public MessageQueue(
      FanoutSettings settings, Ledger ledger, LongSupplier nanoClock, Executor notifier) {
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.held = new HeldOffers(ledger, notifier);
    this.scheduler = new DispatchScheduler(settings, held, ledger, nanoClock);
    this.admission = new AdmissionControl(scheduler, held, lifecycle, ledger);
    this.streams = new StreamQueue(this, scheduler, lifecycle, ledger, nanoClock);
  }

  // ---- offering: any thread

  /** Policies DropNewest and DropOldest. */
  public synchronized OfferResult offer(Message message, boolean evictOldest) {
    return admission.offer(message, evictOldest);
  }

  /** Policy Block: a full queue of a connected node holds the offer, first come first served. */
  public synchronized OfferResult offerOrHold(HeldOffer offer) {
    return admission.offerOrHold(offer);
  }

  /** What became of an offer whose caller waits no longer. */
  public enum Withdrawal {
    /** The queue had decided before, and tells its caller so. */
    DECIDED,
    /** It counts as dropped, and is not told. */
    WITHDRAWN,
    /** The same, and another that waited behind it was granted a slot. */
    OTHER_GRANTED
  }

  /** The held offer's caller waits no longer. */
  public synchronized Withdrawal withdraw(HeldOffer offer) {
    boolean wasFirst = held.isFirst(offer);
    if (!held.withdraw(offer)) {
      return Withdrawal.DECIDED;
    }
    // A smaller one may have waited behind it, for room in the queue and not for a slot.
    return wasFirst && scheduler.refill() ? Withdrawal.OTHER_GRANTED : Withdrawal.WITHDRAWN;
  }

  /**
   * Policy Reject, first step. What is RESERVED must be committed or released; nothing is counted.
   */
  public synchronized OfferResult reserve(Message message) {
    return admission.reserve(message);
  }

  /** Policy Reject: every connected node has room. */
  public synchronized OfferResult commit(Message message) {
    return admission.commit(message);
  }

  /** Policy Reject: some node had none. Returns whether a message was granted a slot. */
  public synchronized boolean release(Message message) {
    scheduler.unreserve(message.payload());
    return scheduler.refill();
  }

  /** Policy Reject: this node is one of those that the refused broadcast was for. */
  public synchronized void countRefused(DropReason reason) {
    ledger.refused(reason);
  }

  // ---- taking and settling: the node's loop. Each returns whether a message was granted a slot.

  /** The next message that holds a slot and has not been started; null when there is none. */
  public synchronized @Nullable QueuedMessage takeGranted(long now) {
    return scheduler.takeGranted(now);
  }

  public synchronized boolean delivered(QueuedMessage message) {
    long now = nanoClock.getAsLong();
    ledger.delivered(message, now);
    return scheduler.release(now);
  }

  public synchronized boolean failed(QueuedMessage message, StatusCode code) {
    ledger.failed(message, code);
    return scheduler.release(nanoClock.getAsLong());
  }

  /** Back to its place among those that wait; its slot is free. */
  public synchronized boolean giveBack(QueuedMessage message) {
    return lifecycle.isClosed()
        ? failed(message, StatusCode.CANCELLED)
        : scheduler.giveBack(message);
  }

  /** After its retry backoff: it has kept its slot, and starts again as soon as it can. */
  public synchronized boolean resend(QueuedMessage message) {
    if (!scheduler.isConnected()
        || lifecycle.isClosed()
        || scheduler.mode() != TransportMode.UNARY) {
      return giveBack(message);
    }
    long now = nanoClock.getAsLong();
    if (scheduler.isTooOld(message, now)) {
      ledger.expired(message);
      return scheduler.release(now);
    }
    scheduler.startAgain(message);
    return true;
  }

  // ---- changes of state. Each returns whether a message was granted a slot.

  public synchronized boolean connected(int allowed) {
    return scheduler.connected(allowed);
  }

  /** Its connection has ended in good order, and the next is on its way. */
  public synchronized void replacing() {
    scheduler.replacing();
  }

  public synchronized void disconnected() {
    scheduler.disconnected();
  }

  /** Its connection lives, and no node is behind it. */
  public synchronized void absent() {
    scheduler.absent();
  }

  /** One delivery may show whether the node is there again. */
  public synchronized boolean probe() {
    return !lifecycle.isClosed() && scheduler.probe();
  }

  /**
   * What has been started goes on as it was; from now on it is another way.
   *
   * @param probe whether one delivery at a time has to show that it works
   */
  public synchronized boolean deliverBy(TransportMode mode, boolean probe) {
    return !lifecycle.isClosed() && scheduler.deliverBy(mode, probe);
  }

  /** The steps of deliveries by streams; they share this lock. */
  public StreamQueue streams() {
    return streams;
  }

  /** What already waits stays, even in a queue that is now too small for it. */
  public synchronized boolean configure(FanoutSettings changed, FanoutTotals owner) {
    ledger.moveTo(owner);
    scheduler.configure(changed);
    return !lifecycle.isClosed() && scheduler.refill();
  }

  /** Throws out what is too old; to be called every now and then. */
  public synchronized boolean expire() {
    return scheduler.expire();
  }

  /** Throws out so many of the oldest that wait, or all: memory is short. Returns how many. */
  public synchronized int shed(int count) {
    return scheduler.shed(count);
  }

  // ---- retiring and closing

  /** Starts to drain. A drain under way gets no longer by it, but it may get another reason. */
  public synchronized void retire(DropReason reason, long overdueNanos) {
    lifecycle.retire(reason, nanoClock.getAsLong(), overdueNanos);
  }

  /** Takes the retirement back. Returns false when it is too late: the queue has closed. */
  public synchronized boolean resume() {
    return lifecycle.resume();
  }

  /** Why and until when it drains; null when it does not. Takes no lock. */
  public @Nullable Drain drain() {
    return lifecycle.drain();
  }

  /** Closes if it is retiring and nothing is left. Returns whether this call closed it. */
  public synchronized boolean closeIfDrained() {
    return scheduler.isEmpty() && lifecycle.close() != null;
  }

  /**
   * Closes if it is still retiring: what waits is dropped for the retirement's reason. Calls in
   * flight are the connection's to cancel. Returns whether this call closed it.
   */
  public synchronized boolean closeRetired() {
    DropReason reason = lifecycle.close();
    if (reason == null) {
      return false;
    }
    droppedAtClose = scheduler.abandon(reason);
    return true;
  }

  /** How many messages {@link #closeRetired} dropped. */
  public synchronized int droppedAtClose() {
    return droppedAtClose;
  }

  // ---- reading

  public synchronized NodeLedger snapshot() {
    return scheduler.snapshot();
  }

  public synchronized QueueLoad load() {
    return scheduler.load();
  }
}
