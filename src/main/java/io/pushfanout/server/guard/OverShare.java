package io.pushfanout.server.guard;

import io.pushfanout.model.Printable;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Makes it a problem for some time when a party was refused more than its share, and names who has
 * most. May be used from any thread.
 */
public final class OverShare {
  public static final Duration LASTS = Duration.ofSeconds(10);

  private final Shares shares;
  private final String what;
  private final LongSupplier nanoClock;
  private long seenRefusals;
  private long seenNanos;
  private String who = "";

  /**
   * @param what is shared, and by which limit
   */
  public OverShare(Shares shares, String what, LongSupplier nanoClock) {
    this.shares = shares;
    this.what = what;
    this.nanoClock = nanoClock;
    this.seenNanos = nanoClock.getAsLong() - LASTS.toNanos();
  }

  public Shares shares() {
    return shares;
  }

  /** To be asked now and then: what was refused since the last time counts as of now. */
  public synchronized Optional<Problem> problem() {
    long now = nanoClock.getAsLong();
    long refusals = shares.refusals();
    if (refusals > seenRefusals) {
      seenRefusals = refusals;
      seenNanos = now;
      who = shares.greatest().map(this::describe).orElse("nobody has any now");
    }
    return now - seenNanos < LASTS.toNanos()
        ? Optional.of(
            new Problem("", ProblemReason.OVER_SHARE, what + " are refused beyond a share: " + who))
        : Optional.empty();
  }

  private String describe(Object party) {
    return "%s has most, %d of %d"
        .formatted(
            Printable.line(CallerKey.text(party), 200), shares.takenBy(party), shares.capacity());
  }
}
