package io.pushfanout.queue;

import io.pushfanout.model.FanoutName;
import io.pushfanout.share.Pool;
import io.pushfanout.text.QuantityFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The limit and the use of the process's memory for messages: the bytes of each message once,
 * however many queues it waits in, and a little for each message, each queue entry, and each queue
 * that holds a caller. Fanouts divide it by {@link MemoryShare}s. May be used from any thread.
 *
 * <p>Bytes are counted as they come and go. The applier sets the entries: it looks at every queue a
 * few times a second, so that no message pays for a counter that all queues share.
 */
public final class MemoryBudget {
  /**
   * Divisor of the limit: the part that held offers may take, so that callers that wait leave room
   * for others.
   */
  private static final int HELD_PART = 4;

  private final Pool pool;
  private final Pool offers;
  private final LongAdder refusals = new LongAdder();
  private final Map<FanoutName, MemoryShare> shares = new ConcurrentHashMap<>();

  /**
   * @param limit bytes, 1 or more
   */
  public MemoryBudget(long limit) {
    pool = new Pool(limit);
    offers = new Pool(Math.max(1, limit / HELD_PART));
  }

  /** Returns a budget without a limit, for messages that are bounded otherwise. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /** Returns a fanout's share, which is kept for as long as the process lives, like its totals. */
  public MemoryShare of(FanoutName fanout) {
    MemoryShare existing = shares.get(fanout);
    return existing == null
        ? shares.computeIfAbsent(fanout, _ -> new MemoryShare(pool.share(), offers.share()))
        : existing;
  }

  /** Returns the shares of all fanouts that ever had one. */
  public Map<FanoutName, MemoryShare> shares() {
    return shares;
  }

  /**
   * Returns the bytes that each fanout has now, by name; a fanout that ever had a share is
   * included.
   */
  public Map<FanoutName, Long> heldByFanout() {
    Map<FanoutName, Long> held = new TreeMap<>();
    shares.forEach((fanout, share) -> held.put(fanout, share.held()));
    return held;
  }

  /**
   * Takes bytes; {@link #giveBack} returns them.
   *
   * @return false when fewer are left; none are taken then
   */
  public boolean tryTake(long wanted) {
    boolean taken = pool.tryTake(wanted);
    if (!taken) {
      refusals.increment();
    }
    return taken;
  }

  public void giveBack(long taken) {
    pool.giveBack(taken);
  }

  /** Returns the limit in the form of {@code --memory-budget}. */
  public String text() {
    return QuantityFormat.format(limit());
  }

  /** Returns the number of times that the whole budget had no room. */
  public long refusals() {
    return refusals.sum();
  }

  /** Returns the bytes of messages alone, arriving ones included. */
  public long bytes() {
    long entries = shares.values().stream().mapToLong(MemoryShare::entryBytes).sum();
    return pool.taken() - entries - offers.taken();
  }

  /** Returns the bytes that messages, entries and held offers take now. */
  public long held() {
    return pool.taken();
  }

  /** Returns the limit in bytes, 1 or more. */
  public long limit() {
    return pool.capacity();
  }
}
