package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A limit on the resets of streams within a second, of the peer's own (CVE-2023-44487) and of those
 * that its frames provoke (CVE-2025-8671): each costs the work of a request without a place among
 * the open streams.
 */
final class ResetLimiter {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private final LongSupplier nanoClock;
  private long secondNanos;
  private int inThisSecond;

  ResetLimiter(int perSecond, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.secondNanos = nanoClock.getAsLong();
  }

  /**
   * Counts a reset.
   *
   * @throws Http2Exception for the whole connection, when there are too many
   */
  void count() throws Http2Exception {
    long now = nanoClock.getAsLong();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inThisSecond = 0;
    }
    if (++inThisSecond > perSecond) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "more than %d streams are reset in a second", perSecond);
    }
  }
}
