package io.pushfanout.auth;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/**
 * A rate limit for each peer: a token bucket (the bucket's tokens, not a bearer's). Any thread may
 * call its methods.
 */
public final class Rates {
  /**
   * Largest number of peers remembered, the most recently used ones; a forgotten peer starts with a
   * full bucket. A bucket takes about 300 bytes.
   */
  static final int PEERS_MAX = 10_000;

  private final int burst;
  private final int perSecond;
  private final TimeMeter clock;
  private final Cache<Object, Bucket> buckets =
      CacheBuilder.newBuilder().maximumSize(PEERS_MAX).build();

  /**
   * @param burst the calls allowed at once after an idle time; 1 or more
   * @param perSecond the calls allowed per second in the long run; 1 or more
   */
  public Rates(int burst, int perSecond, LongSupplier nanoClock) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.clock =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return nanoClock.getAsLong();
          }

          @Override
          public boolean isWallClockBased() {
            return false;
          }
        };
  }

  /**
   * Takes one call of the peer's rate.
   *
   * @param peer the peer, compared by {@code equals}
   * @return zero if the call is allowed, and counted; else the wait until one is allowed
   */
  public Duration takeOrWait(Object peer) {
    ConsumptionProbe probe = bucketOf(peer).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  /** Returns one call to the peer's rate. */
  void giveBack(Object peer) {
    bucketOf(peer).addTokens(1);
  }

  /** Returns the approximate number of peers that are remembered now. */
  long remembered() {
    return buckets.size();
  }

  private Bucket bucketOf(Object peer) {
    try {
      return buckets.get(peer, this::newBucket);
    } catch (ExecutionException e) {
      throw new IllegalStateException("making a bucket throws nothing", e);
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
