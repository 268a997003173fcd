package io.pushfanout.fanout;

import io.pushfanout.model.SpecBytes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What messages may take of the process's memory, and what they take: the bytes of each once,
 * however many queues it waits in, a little for the message itself, a little for each queue's
 * entry, and a little for each queue that holds a caller. May be used from any thread.
 *
 * <p>Bytes are counted as they come and go. Entries are told by the applier, which looks at every
 * queue a few times a second, so that no message pays for a counter that all queues share.
 */
public final class MemoryBudget {
  /** When it may help to repeat what was refused: by then the fullest queues have been shed. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  /** The part of the limit that held offers may take: callers who wait leave room for others. */
  private static final int HELD_PART = 4;

  private final long limit;
  private final LongAdder refusals = new LongAdder();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong offerBytes = new AtomicLong();
  private volatile long entryBytes;

  /**
   * @param limit bytes, 1 or more
   */
  public MemoryBudget(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("the limit must be 1 or more, is " + limit);
    }
    this.limit = limit;
  }

  /** For what is bounded otherwise. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /**
   * Takes so many bytes, to be given back.
   *
   * @return false where there are not as many; none are taken then
   */
  public boolean tryTake(long wanted) {
    if (bytes.addAndGet(wanted) + offerBytes.get() + entryBytes <= limit) {
      return true;
    }
    giveBack(wanted);
    refusals.increment();
    return false;
  }

  /** What a broadcast is told for which there is no room. */
  public BroadcastResult.Refused refusal() {
    return new BroadcastResult.Refused(
        BroadcastResult.Reason.LIMITED,
        "messages take all of the server's --memory-budget, %s".formatted(SpecBytes.format(limit)),
        RETRY_AFTER);
  }

  public void giveBack(long taken) {
    bytes.addAndGet(-taken);
  }

  /**
   * Takes what one offer needs that a queue may hold, to be given back by {@link #unhold}.
   *
   * @return false where held offers have their part of the budget, or the budget is used up
   */
  boolean tryHold() {
    long held = offerBytes.addAndGet(HeldOffer.BYTES);
    if (held <= limit / HELD_PART && bytes.get() + held + entryBytes <= limit) {
      return true;
    }
    unhold();
    return false;
  }

  /** One offer is held no longer. */
  void unhold() {
    offerBytes.addAndGet(-HeldOffer.BYTES);
  }

  /** What the entries of all queues take now. */
  void entries(long count) {
    entryBytes = count * QueuedMessage.ENTRY_BYTES;
  }

  /** How often there was no room. */
  long refusals() {
    return refusals.sum();
  }

  /** Of messages, without queues' entries and held offers. */
  long bytes() {
    return bytes.get();
  }

  /** Bytes that messages, entries and held offers take now. */
  public long held() {
    return bytes.get() + offerBytes.get() + entryBytes;
  }

  /** Bytes, 1 or more. */
  public long limit() {
    return limit;
  }

  /** Whether it is as good as used up: from {@code percent} of the limit on. */
  boolean isOver(int percent) {
    return held() >= limit / 100.0 * percent;
  }
}
