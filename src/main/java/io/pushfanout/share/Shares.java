package io.pushfanout.share;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Share}s of parties that come and go, in one {@link Pool}. A party with nothing taken
 * is forgotten. Threads: any thread may call it; no method waits.
 */
public final class Shares {
  private final Pool pool;
  private final Map<Object, Share> byParty = new ConcurrentHashMap<>();
  private final LongAdder refusals = new LongAdder();

  /**
   * @param capacity 1 or more
   */
  public Shares(long capacity) {
    this.pool = new Pool(capacity);
  }

  /**
   * Takes one unit; {@link #giveBack(Object)} returns it.
   *
   * @param party null for a caller without an identity, which is limited only by the amount left
   */
  public boolean tryTake(@Nullable Object party) {
    return party == null ? counted(pool.tryTake(1)) : tryTake(party, 1);
  }

  private boolean counted(boolean took) {
    if (!took) {
      refusals.increment();
    }
    return took;
  }

  /**
   * Takes an amount; {@link #giveBack(Object, long)} returns it.
   *
   * @param party key of the share, compared by {@code equals}
   * @param amount 1 or more
   * @return false when the party would exceed its share; nothing is taken then
   */
  public boolean tryTake(Object party, long amount) {
    boolean[] took = {false};
    byParty.compute(
        party,
        (_, existing) -> {
          Share share = existing == null ? pool.share() : existing;
          took[0] = share.tryTake(amount);
          return share.taken() == 0 ? null : share;
        });
    return counted(took[0]);
  }

  /** Gives back one unit that {@link #tryTake(Object)} has taken. */
  public void giveBack(@Nullable Object party) {
    if (party == null) {
      pool.giveBack(1);
    } else {
      giveBack(party, 1);
    }
  }

  public void giveBack(Object party, long amount) {
    byParty.compute(
        party,
        (_, share) -> {
          if (share == null) {
            throw new IllegalStateException("a party with nothing taken gives back: " + party);
          }
          share.giveBack(amount);
          return share.taken() == 0 ? null : share;
        });
  }

  /** Returns the amount that one party has taken. */
  public long takenBy(Object party) {
    Share share = byParty.get(party);
    return share == null ? 0 : share.taken();
  }

  /** Returns the amount taken in total. */
  public long taken() {
    return pool.taken();
  }

  public long capacity() {
    return pool.capacity();
  }

  /** Returns the number of refused requests. */
  public long refusals() {
    return refusals.sum();
  }

  /** Returns a party with the largest amount; empty while no party has any. */
  public Optional<Object> greatest() {
    return byParty.entrySet().stream()
        .max(Comparator.comparingLong(entry -> entry.getValue().taken()))
        .map(Map.Entry::getKey);
  }
}
