package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.StatusCode;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one node: its {@link Backlog}, its life, and the ledger of all messages.
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
  private final Backlog backlog;
  private final QueueLife life = new QueueLife();
  private final Admissions admissions;
  private final StreamQueue streams;
  private int droppedAtClose;

  public MessageQueue(
      FanoutSettings settings, Ledger ledger, LongSupplier nanoClock, Executor notifier) {
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.held = new HeldOffers(ledger, notifier);
    this.backlog = new Backlog(settings, held, ledger, nanoClock);
    this.admissions = new Admissions(backlog, held, life, ledger);
    this.streams = new StreamQueue(this, backlog, life, ledger, nanoClock);
  }

  // ---- offering: any thread

  /** Policies DropNewest and DropOldest. */
  public synchronized Admission offer(Message message, boolean evictOldest) {
    return admissions.offer(message, evictOldest);
  }

  /** Policy Block: a full queue of a connected node holds the offer, first come first served. */
  public synchronized Admission offerOrHold(HeldOffer offer) {
    return admissions.offerOrHold(offer);
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
    return wasFirst && backlog.refill() ? Withdrawal.OTHER_GRANTED : Withdrawal.WITHDRAWN;
  }

  /**
   * Policy Reject, first step. What is RESERVED must be committed or released; nothing is counted.
   */
  public synchronized Admission reserve(Message message) {
    return admissions.reserve(message);
  }

  /** Policy Reject: every connected node has room. */
  public synchronized Admission commit(Message message) {
    return admissions.commit(message);
  }

  /** Policy Reject: some node had none. Returns whether a message was granted a slot. */
  public synchronized boolean release(Message message) {
    backlog.unreserve(message.payload());
    return backlog.refill();
  }

  /** Policy Reject: this node is one of those that the refused broadcast was for. */
  public synchronized void countRefused(DropReason reason) {
    ledger.refused(reason);
  }

  // ---- taking and settling: the node's loop. Each returns whether a message was granted a slot.

  /** The next message that holds a slot and has not been started; null when there is none. */
  public synchronized @Nullable QueuedMessage takeGranted(long now) {
    return backlog.takeGranted(now);
  }

  public synchronized boolean delivered(QueuedMessage message) {
    long now = nanoClock.getAsLong();
    ledger.delivered(message, now);
    return backlog.release(now);
  }

  public synchronized boolean failed(QueuedMessage message, StatusCode code) {
    ledger.failed(message, code);
    return backlog.release(nanoClock.getAsLong());
  }

  /** Back to its place among those that wait; its slot is free. */
  public synchronized boolean giveBack(QueuedMessage message) {
    return life.isClosed() ? failed(message, StatusCode.CANCELLED) : backlog.giveBack(message);
  }

  /** After its retry backoff: it has kept its slot, and starts again as soon as it can. */
  public synchronized boolean resend(QueuedMessage message) {
    if (!backlog.isConnected() || life.isClosed() || backlog.way() != Way.CALLS) {
      return giveBack(message);
    }
    long now = nanoClock.getAsLong();
    if (backlog.isTooOld(message, now)) {
      ledger.expired(message);
      return backlog.release(now);
    }
    backlog.startAgain(message);
    return true;
  }

  // ---- changes of state. Each returns whether a message was granted a slot.

  public synchronized boolean connected(int allowed) {
    return backlog.connected(allowed);
  }

  /** Its connection has ended in good order, and the next is on its way. */
  public synchronized void replacing() {
    backlog.replacing();
  }

  public synchronized void disconnected() {
    backlog.disconnected();
  }

  /** Its connection lives, and no node is behind it. */
  public synchronized void absent() {
    backlog.absent();
  }

  /** One delivery may show whether the node is there again. */
  public synchronized boolean probe() {
    return !life.isClosed() && backlog.probe();
  }

  /**
   * What has been started goes on as it was; from now on it is another way.
   *
   * @param probe whether one delivery at a time has to show that it works
   */
  public synchronized boolean deliverBy(Way way, boolean probe) {
    return !life.isClosed() && backlog.deliverBy(way, probe);
  }

  /** The steps of deliveries by streams; they share this lock. */
  public StreamQueue streams() {
    return streams;
  }

  /** What already waits stays, even in a queue that is now too small for it. */
  public synchronized boolean configure(FanoutSettings changed, FanoutTotals owner) {
    ledger.moveTo(owner);
    backlog.configure(changed);
    return !life.isClosed() && backlog.refill();
  }

  /** Throws out what is too old; to be called every now and then. */
  public synchronized boolean expire() {
    return backlog.expire();
  }

  /** Throws out so many of the oldest that wait, or all: memory is short. Returns how many. */
  public synchronized int shed(int count) {
    return backlog.shed(count);
  }

  // ---- retiring and closing

  /** Starts to drain. A drain under way gets no longer by it, but it may get another reason. */
  public synchronized void retire(DropReason reason, long overdueNanos) {
    life.retire(reason, nanoClock.getAsLong(), overdueNanos);
  }

  /** Takes the retirement back. Returns false when it is too late: the queue has closed. */
  public synchronized boolean resume() {
    return life.resume();
  }

  /** Why and until when it drains; null when it does not. Takes no lock. */
  public @Nullable Retirement retirement() {
    return life.retirement();
  }

  /** Closes if it is retiring and nothing is left. Returns whether this call closed it. */
  public synchronized boolean closeIfDrained() {
    return backlog.isEmpty() && life.close() != null;
  }

  /**
   * Closes if it is still retiring: what waits is dropped for the retirement's reason. Calls in
   * flight are the connection's to cancel. Returns whether this call closed it.
   */
  public synchronized boolean closeRetired() {
    DropReason reason = life.close();
    if (reason == null) {
      return false;
    }
    droppedAtClose = backlog.abandon(reason);
    return true;
  }

  /** How many messages {@link #closeRetired} dropped. */
  public synchronized int droppedAtClose() {
    return droppedAtClose;
  }

  // ---- reading

  public synchronized NodeLedger snapshot() {
    return backlog.snapshot();
  }

  public synchronized QueueLoad load() {
    return backlog.load();
  }
}
