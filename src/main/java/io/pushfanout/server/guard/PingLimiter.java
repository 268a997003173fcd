package io.pushfanout.server.guard;

import java.util.function.LongSupplier;

/**
 * A limit on the PINGs of one connection between two replies: those of keepalive come at an
 * interval, and a few may come early. On the connection's loop only.
 */
public final class PingLimiter {
  /** PINGs that may come too early, since timers are not exact. */
  private static final int EARLY_MAX = 2;

  private final LongSupplier nanoClock;
  private boolean begun;
  private long lastNanos;
  private int early;

  public PingLimiter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Counts one more PING.
   *
   * @return false if the PING is one too many
   */
  public boolean tryAdd() {
    long now = nanoClock.getAsLong();
    if (!begun || now - lastNanos >= Http2Limits.PERMIT_KEEPALIVE.toNanos()) {
      begun = true;
      lastNanos = now;
      return true;
    }
    return ++early <= EARLY_MAX;
  }

  /** Permits PINGs anew after a frame of a reply. */
  public void onReply() {
    begun = false;
    early = 0;
  }
}
