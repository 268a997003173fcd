package io.pushfanout.share;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Share}s of parties that come and go, in one {@link Pool}; a party without anything is
 * forgotten. May be used from any thread; none waits.
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
   * Takes one, to be given back.
   *
   * @param party null: nobody that could be told apart from others, who is bounded by what there is
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
   * Takes so much, to be given back.
   *
   * @param party parties are told apart by being equal or not
   * @param amount 1 or more
   * @return false where the party would have more than what is left; nothing is taken then
   */
  public boolean tryTake(Object party, long amount) {
    boolean[] took = {false};
    byParty.compute(
        party,
        (_, known) -> {
          Share share = known == null ? pool.share() : known;
          took[0] = share.tryTake(amount);
          return share.taken() == 0 ? null : share;
        });
    return counted(took[0]);
  }

  /** Gives back one that {@link #tryTake(Object)} has taken. */
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
            throw new IllegalStateException("a party gives back what it has not taken: " + party);
          }
          share.giveBack(amount);
          return share.taken() == 0 ? null : share;
        });
  }

  /** By one party. */
  public long takenBy(Object party) {
    Share share = byParty.get(party);
    return share == null ? 0 : share.taken();
  }

  /** By all parties. */
  public long taken() {
    return pool.taken();
  }

  public long capacity() {
    return pool.capacity();
  }

  /** How often a party was refused. */
  public long refusals() {
    return refusals.sum();
  }

  /** A party that has as much as none else; empty while nobody has anything. */
  public Optional<Object> greatest() {
    return byParty.entrySet().stream()
        .max(Comparator.comparingLong(entry -> entry.getValue().taken()))
        .map(Map.Entry::getKey);
  }
}
