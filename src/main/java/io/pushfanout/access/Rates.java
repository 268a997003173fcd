package io.pushfanout.access;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/**
 * How much each peer may do in a second: a token bucket (the bucket's, not a bearer's) for each.
 * May be used from any thread.
 */
public final class Rates {
  /**
   * Peers remembered at a time, those that were heard last; who is forgotten begins anew. A bucket
   * is about 300 bytes.
   */
  static final int PEERS_MAX = 10_000;

  private final int atOnce;
  private final int perSecond;
  private final TimeMeter clock;
  private final Cache<Object, Bucket> buckets =
      CacheBuilder.newBuilder().maximumSize(PEERS_MAX).build();

  /**
   * @param atOnce after a time of rest; 1 or more
   * @param perSecond in the long run; 1 or more
   */
  public Rates(int atOnce, int perSecond, LongSupplier nanoClock) {
    this.atOnce = atOnce;
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
   * Zero where it may, which counts; else how long until it may.
   *
   * @param peer peers are told apart by being equal or not
   */
  public Duration takeOrWait(Object peer) {
    ConsumptionProbe probe = bucketOf(peer).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  /** As if the last had not been taken. */
  void giveBack(Object peer) {
    bucketOf(peer).addTokens(1);
  }

  /** Peers that are remembered now, roughly. */
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
        .addLimit(limit -> limit.capacity(atOnce).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
