package io.pushfanout.server.guard;

import io.pushfanout.auth.Rates;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A limit on the calls of a caller in a second; calls above it are refused unread. */
public final class CallerRateLimit {
  private final int perSecond;
  private final Rates rates;
  private final Runnable onRefused;

  /**
   * @param perSecond 1 or more
   * @param onRefused runs for each call that is refused here
   */
  public CallerRateLimit(int perSecond, LongSupplier nanoClock, Runnable onRefused) {
    this.perSecond = perSecond;
    this.rates = new Rates(perSecond, perSecond, nanoClock);
    this.onRefused = onRefused;
  }

  /**
   * Counts a call of a caller. Returns null, or the refusal of the call.
   *
   * @param caller the key that distinguishes callers
   */
  public @Nullable Refused tryTake(Object caller) {
    Duration wait = rates.takeOrWait(caller);
    if (wait.isZero()) {
      return null;
    }
    onRefused.run();
    return new Refused(
        Reason.LIMITED,
        "more than %d calls a second of one caller, the server's %s"
            .formatted(perSecond, Limits.MAX_CALLER_RATE_FLAG),
        wait);
  }
}
