package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's bounded queue. {@link AdmissionControl} accepts or refuses offered messages, {@link
 * DispatchScheduler} assigns worker slots, and the {@link Ledger} counts every message.
 *
 * <p>Every method that changes anything is one atomic step under this object's lock, which guards
 * all its parts, so that the ledger balances whenever it is read. Callers offer from any thread;
 * the node's event loop takes and settles messages. Nothing that could wait is called under the
 * lock: counters never block, and held offers are settled through {@code notifier}.
 *
 * <p>A message waits, is <i>granted</i> a slot as soon as one is free, is started by the loop, and
 * is settled: delivered, failed, or given back. The step that grants a slot wakes the loop by the
 * {@link Wakeup}.
 */
public final class MessageQueue {
  private final WaitingMessages waiting = new WaitingMessages();
  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final QueueRoom room;
  private final HeldOffers held;
  private final DispatchScheduler scheduler;
  private final QueueLifecycle lifecycle = new QueueLifecycle();
  private final AdmissionControl admission;
  private final CallQueue calls;
  private final StreamQueue streams;
  private int droppedAtClose;

  public MessageQueue(
      FanoutSettings settings,
      Ledger ledger,
      LongSupplier nanoClock,
      Executor notifier,
      Wakeup wakeup) {
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.held = new HeldOffers(ledger, notifier);
    Ttl ttl = new Ttl(settings.messageTtl());
    WaitingDrops drops = new WaitingDrops(waiting, ttl, ledger);
    this.room = new QueueRoom(settings, waiting, ledger);
    this.scheduler =
        new DispatchScheduler(settings, waiting, ttl, drops, room, held, ledger, nanoClock, wakeup);
    this.admission =
        new AdmissionControl(
            scheduler, waiting, drops, room, held, lifecycle, ledger, nanoClock, wakeup);
    this.calls = new CallQueue(this, scheduler, lifecycle, ledger, nanoClock);
    this.streams = new StreamQueue(this, scheduler, lifecycle, ledger, nanoClock);
  }

  public NodeAddress node() {
    return ledger.node();
  }

  // ---- offering: any thread

  /** Offers a message by policy DropNewest, or by DropOldest if it may evict the oldest. */
  public synchronized OfferResult offer(Message message, boolean evictOldest) {
    return admission.offer(message, evictOldest);
  }

  /**
   * Offers a message by policy Block: a full queue of a connected node holds the offer, first come
   * first served.
   */
  public synchronized OfferResult offerOrHold(HeldOffer offer) {
    return admission.offerOrHold(offer);
  }

  /**
   * Withdraws the held offer of a caller that waits no longer; the offer counts as dropped, and is
   * not settled. False means that the queue has already decided; its notifier settles the offer.
   */
  public synchronized boolean withdraw(HeldOffer offer) {
    boolean wasFirst = held.isFirst(offer);
    boolean withdrawn = held.withdraw(offer);
    if (withdrawn && wasFirst) {
      // A smaller offer behind it may have waited for room in the queue and not for a slot.
      scheduler.refill();
    }
    return withdrawn;
  }

  /**
   * Reserves room, the first step of policy Reject. A RESERVED message must be committed or
   * released; the ledger counts nothing.
   */
  public synchronized OfferResult reserve(Message message) {
    return admission.reserve(message);
  }

  /** Enqueues a reserved message, by policy Reject: the caller has room at every connected node. */
  public synchronized OfferResult commit(Message message) {
    return admission.commit(message);
  }

  /** Frees reserved room, by policy Reject: some node had none. */
  public synchronized void release(Message message) {
    room.unreserve(message.payload().size());
    scheduler.refill();
  }

  /** Counts a message of a refused broadcast, which counts once at each targeted node. */
  public synchronized void countRefused(DropReason reason) {
    ledger.refused(reason);
  }

  // ---- taking and settling: the node's loop

  /** Returns the steps of deliveries by calls, which share this lock. */
  public CallQueue calls() {
    return calls;
  }

  /** Returns the steps of deliveries by streams, which share this lock. */
  public StreamQueue streams() {
    return streams;
  }

  // ---- changes of state

  public synchronized void connected(int allowed) {
    scheduler.connected(allowed);
  }

  /** Suspends starts: the connection has ended in good order, and the next is on its way. */
  public synchronized void replacing() {
    scheduler.suspend();
  }

  public synchronized void disconnected() {
    scheduler.disconnected();
  }

  /** Suspends starts and refuses held offers: the connection lives, but no node is behind it. */
  public synchronized void absent() {
    scheduler.absent();
  }

  /** Allows one delivery, which may show whether the node is there again. */
  public synchronized void probe() {
    if (!lifecycle.isClosed()) {
      scheduler.probe();
    }
  }

  /**
   * Changes the transport mode; started deliveries go on as they were.
   *
   * @param probe whether one delivery at a time has to show that the mode works
   */
  public synchronized void deliverBy(TransportMode mode, boolean probe) {
    if (!lifecycle.isClosed()) {
      scheduler.deliverBy(mode, probe);
    }
  }

  /**
   * Changes the settings and the owner; waiting messages stay, even in a queue that is now too
   * small for them.
   */
  public synchronized void configure(FanoutSettings changed, FanoutTotals owner) {
    ledger.moveTo(owner);
    scheduler.configure(changed);
    if (!lifecycle.isClosed()) {
      scheduler.refill();
    }
  }

  /** Drops messages that have expired; called a few times a second. */
  public synchronized void expire() {
    scheduler.expire();
  }

  /**
   * Drops some of the oldest waiting messages because memory is short. Returns the number of
   * dropped messages.
   *
   * @param count maximum number of messages
   */
  public synchronized int shed(int count) {
    return scheduler.shed(count);
  }

  // ---- retiring and closing

  /**
   * Starts to drain. A second call cannot extend a drain under way, but it may change its reason.
   */
  public synchronized void retire(DropReason reason, long overdueNanos) {
    lifecycle.retire(reason, nanoClock.getAsLong(), overdueNanos);
  }

  /** Cancels the retirement. Returns false when it is too late: the queue has closed. */
  public synchronized boolean resume() {
    return lifecycle.resume();
  }

  /**
   * Returns the reason and the time limit of the drain; null when the queue does not drain. Takes
   * no lock.
   */
  public @Nullable Drain drain() {
    return lifecycle.drain();
  }

  /**
   * Closes the queue if it is retiring and nothing is left. Returns whether this call closed it.
   */
  public synchronized boolean closeIfDrained() {
    return scheduler.isEmpty() && lifecycle.close() != null;
  }

  /**
   * Closes the queue if it is still retiring: waiting messages are dropped for the retirement's
   * reason. The connection cancels calls in flight. Returns whether this call closed it.
   */
  public synchronized boolean closeRetired() {
    DropReason reason = lifecycle.close();
    if (reason == null) {
      return false;
    }
    droppedAtClose = scheduler.abandon(reason);
    return true;
  }

  /** Returns the number of messages that {@link #closeRetired} dropped. */
  public synchronized int droppedAtClose() {
    return droppedAtClose;
  }

  // ---- reading

  public synchronized NodeLedger snapshot() {
    return ledger.snapshot(waiting.size(), waiting.bytes(), scheduler.inFlight());
  }

  /**
   * Returns whether the queue is half full or more. Takes no lock: the answer may be a moment old.
   */
  public boolean isHalfFull() {
    return room.isHalfFull();
  }

  public synchronized QueueLoad load() {
    return new QueueLoad(
        room.fill(),
        waiting.size(),
        waiting.bytes(),
        scheduler.inFlight(),
        ledger.bytes() - waiting.bytes());
  }

  /** The answer of a node's queue to an offered message. */
  public enum OfferResult {
    /** Accepted: the message starts at once, or waits for a worker. */
    ACCEPTED,
    /** Accepted, for a node that is not connected now: the message waits for it. */
    WAITING,
    /** Undecided: the caller is held until there is room. */
    HELD,
    /** Reserved: room is kept for the message until it is committed or released. */
    RESERVED,
    /** Refused: no room. */
    FULL,
    /** Refused: larger than the queue's bound in bytes. */
    TOO_LARGE,
    /** No reservation: the node is not connected. The caller offers without one. */
    NOT_CONNECTED,
    /** Out of the broadcast: the client has retired and closed, so the node is no node now. */
    CLOSED,
    /** Refused: the client has closed because the process stops. */
    STOPPED;

    /** Returns whether the queue has taken the message. */
    public boolean isAccepted() {
      return this == ACCEPTED || this == WAITING;
    }
  }
}
