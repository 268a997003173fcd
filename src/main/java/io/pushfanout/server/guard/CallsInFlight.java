package io.pushfanout.server.guard;

import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A bound on a service's calls in flight, of which each known caller has its share. Calls count
 * until their replies are written, so that a closing server can wait for them, and not for the
 * streams of health and reflection, which have no end of their own.
 */
public final class CallsInFlight {
  /** Delay until a retry may help: calls take milliseconds, unless policy Block holds them. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final Shares shares;
  private final String limit;
  private final Runnable onRefused;
  private final CountDownLatch none = new CountDownLatch(1);
  private volatile boolean awaited;

  /**
   * @param max calls at a time; more are refused
   * @param limit the name of the bound, for the refused caller
   * @param onRefused runs for each call that is refused here
   */
  public CallsInFlight(int max, String limit, Runnable onRefused) {
    this.shares = new Shares(max);
    this.limit = limit;
    this.onRefused = onRefused;
  }

  /** Returns the callers' shares of the calls. */
  public Shares shares() {
    return shares;
  }

  /** Waits until no call is in flight, at most this long. No new calls are expected any more. */
  public void awaitNone(Duration timeout) throws InterruptedException {
    awaited = true;
    openIfNone();
    none.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Begins a call, until {@link #ended}.
   *
   * @param party the caller; null for callers without a distinguishing key, which are all bounded
   *     together
   * @return null, or the refusal of the call
   */
  public @Nullable Refused tryBegin(@Nullable Object party) {
    if (shares.tryTake(party)) {
      return null;
    }
    openIfNone();
    onRefused.run();
    return new Refused(Reason.LIMITED, why(), RETRY_AFTER);
  }

  private String why() {
    return shares.taken() >= shares.capacity()
        ? "%d calls are in flight, %s".formatted(shares.capacity(), limit)
        : "the caller has its share of the %d calls in flight of %s"
            .formatted(shares.capacity(), limit);
  }

  /** Ends a call that has begun. */
  public void ended(@Nullable Object party) {
    shares.giveBack(party);
    openIfNone();
  }

  /**
   * Ends the wait if no call is left. Both sides write before they read, so that one of them sees
   * the end.
   */
  private void openIfNone() {
    if (awaited && shares.taken() == 0) {
      none.countDown();
    }
  }
}
