package io.pushfanout.queue;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.SpecBytes;
import io.pushfanout.share.Pool;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What messages may take of the process's memory, and what they take: the bytes of each once,
 * however many queues it waits in, a little for the message itself, a little for each queue's
 * entry, and a little for each queue that holds a caller. Fanouts divide it by {@link
 * MemoryShare}s. May be used from any thread.
 *
 * <p>Bytes are counted as they come and go. Entries are told by the applier, which looks at every
 * queue a few times a second, so that no message pays for a counter that all queues share.
 */
public final class MemoryBudget {
  /** The part of the limit that held offers may take: callers who wait leave room for others. */
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

  /** For what is bounded otherwise. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /** A fanout's share, which is kept for as long as the process lives, as its sums are. */
  public MemoryShare of(FanoutName fanout) {
    MemoryShare known = shares.get(fanout);
    return known == null
        ? shares.computeIfAbsent(fanout, _ -> new MemoryShare(pool.share(), offers.share()))
        : known;
  }

  /** Of each fanout that ever had one. */
  public Map<FanoutName, MemoryShare> shares() {
    return shares;
  }

  /** What each fanout that ever had any has now, in bytes, by name. */
  public Map<FanoutName, Long> heldByFanout() {
    Map<FanoutName, Long> held = new TreeMap<>();
    shares.forEach((fanout, share) -> held.put(fanout, share.held()));
    return held;
  }

  /**
   * Takes so many bytes, to be given back.
   *
   * @return false where there are not as many; none are taken then
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
    return SpecBytes.format(limit());
  }

  /** How often there was no room for anybody. */
  public long refusals() {
    return refusals.sum();
  }

  /** Bytes of messages alone, those that arrive included. */
  public long bytes() {
    long entries = shares.values().stream().mapToLong(MemoryShare::entryBytes).sum();
    return pool.taken() - entries - offers.taken();
  }

  /** Bytes that messages, entries and held offers take now. */
  public long held() {
    return pool.taken();
  }

  /** Bytes, 1 or more. */
  public long limit() {
    return pool.capacity();
  }
}
