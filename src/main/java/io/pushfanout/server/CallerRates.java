package io.pushfanout.server;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/**
 * How many calls a second each caller may make: a token bucket that holds one second's worth. May
 * be used from any thread.
 */
final class CallerRates {
  /**
   * Callers remembered at a time, those that were heard last; who is forgotten begins anew. A
   * bucket is about 300 bytes.
   */
  static final int CALLERS_MAX = 10_000;

  private final int perSecond;
  private final TimeMeter clock;
  private final Cache<Object, Bucket> buckets =
      CacheBuilder.newBuilder().maximumSize(CALLERS_MAX).build();

  /**
   * @param perSecond 1 or more
   */
  CallerRates(int perSecond, LongSupplier nanoClock) {
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

  /** Zero where the call may be made, and counts; else how long until the next may be. */
  Duration takeOrWait(Object caller) {
    ConsumptionProbe probe = bucketOf(caller).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  /** Callers that are remembered now, roughly. */
  long remembered() {
    return buckets.size();
  }

  private Bucket bucketOf(Object caller) {
    try {
      return buckets.get(caller, this::newBucket);
    } catch (ExecutionException e) {
      throw new IllegalStateException("making a bucket throws nothing", e);
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
