package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.concurrent.SecondLimit;
import java.util.function.LongSupplier;

/**
 * A limit on the resets of streams within a second, of the peer's own (CVE-2023-44487) and of those
 * that its frames provoke (CVE-2025-8671): each costs the work of a request without a place among
 * the open streams.
 */
final class ResetLimiter {
  private final int perSecond;
  private final SecondLimit limit;

  ResetLimiter(int perSecond, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.limit = new SecondLimit(perSecond, nanoClock);
  }

  /**
   * Counts a reset.
   *
   * @throws Http2Exception for the whole connection, when there are too many
   */
  void count() throws Http2Exception {
    if (!limit.tryAdd()) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "more than %d streams are reset in a second", perSecond);
    }
  }
}
