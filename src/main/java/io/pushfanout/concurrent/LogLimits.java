package io.pushfanout.concurrent;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.function.LongSupplier;

/**
 * A set of {@link LogLimit}s, one for each party, such as a namespace. Beyond 1,000 parties, the
 * limit of the party that was quiet longest is dropped. May be used from any thread.
 *
 * @param <K> the identity of a party
 */
public final class LogLimits<K> {
  private static final int PARTIES_MAX = 1000;

  private final LoadingCache<K, LogLimit> byParty;

  /**
   * @param lines the most lines of each party in any 20 s
   */
  public LogLimits(int lines, LongSupplier nanoClock) {
    byParty =
        CacheBuilder.newBuilder()
            .maximumSize(PARTIES_MAX)
            .build(CacheLoader.from(() -> new LogLimit(lines, nanoClock)));
  }

  public LogLimit of(K party) {
    return byParty.getUnchecked(party);
  }
}
