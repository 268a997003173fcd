package io.pushfanout.queue;

import io.pushfanout.model.StatusCode;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a node's queue for deliveries by unary calls. Every method is one atomic step under
 * the {@link MessageQueue}'s lock; all are called on the node's loop.
 */
public final class CallQueue {
  private final Object lock;
  private final DispatchScheduler scheduler;
  private final WorkerSlots slots;
  private final QueueLifecycle lifecycle;
  private final Ledger ledger;
  private final LongSupplier nanoClock;

  CallQueue(
      MessageQueue lock,
      DispatchScheduler scheduler,
      QueueLifecycle lifecycle,
      Ledger ledger,
      LongSupplier nanoClock) {
    this.lock = lock;
    this.scheduler = scheduler;
    this.slots = scheduler.slots();
    this.lifecycle = lifecycle;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
  }

  /**
   * Returns the next message that holds a slot and has not been started; null when there is none.
   */
  public @Nullable QueuedMessage takeGranted(long now) {
    synchronized (lock) {
      QueuedMessage next;
      while ((next = slots.pollGranted()) != null && slots.isTooOldToStart(next, now)) {
        ledger.expired(next);
        release(now);
      }
      return next;
    }
  }

  /** Settles delivered messages, and frees their slots. */
  public void delivered(List<QueuedMessage> messages) {
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      ledger.delivered(messages, now);
      slots.release(messages.size());
      scheduler.refill(now);
    }
  }

  public void failed(QueuedMessage message, StatusCode code) {
    synchronized (lock) {
      ledger.failed(message, code);
      release(nanoClock.getAsLong());
    }
  }

  private void release(long now) {
    slots.release();
    scheduler.refill(now);
  }

  /** Returns a message to its place among the waiting messages and frees its slot. */
  public void giveBack(QueuedMessage message) {
    synchronized (lock) {
      if (lifecycle.isClosed()) {
        failed(message, StatusCode.CANCELLED);
      } else {
        slots.giveBack(message);
        scheduler.refill(nanoClock.getAsLong());
      }
    }
  }

  /**
   * Starts a message again after its retry backoff, as soon as possible and in the slot that it has
   * kept.
   */
  public void resend(QueuedMessage message) {
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      if (lifecycle.isClosed() || !scheduler.mayResendCalls()) {
        giveBack(message);
      } else if (slots.isTooOld(message, now)) {
        ledger.expired(message);
        release(now);
      } else {
        slots.grantAgain(message);
        scheduler.wake();
      }
    }
  }
}
