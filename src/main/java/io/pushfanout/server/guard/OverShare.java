package io.pushfanout.server.guard;

import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.share.Shares;
import io.pushfanout.text.Printable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A watch that reports a problem for 10 s after a party was refused more than its share, and names
 * the party with the most. May be used from any thread.
 */
public final class OverShare {
  public static final Duration LASTS = Duration.ofSeconds(10);

  private final Shares shares;
  private final String resource;
  private final LongSupplier nanoClock;
  private long seenRefusals;
  private long seenNanos;
  private String greatest = "";

  /**
   * @param resource the shared resource, and its limit
   */
  public OverShare(Shares shares, String resource, LongSupplier nanoClock) {
    this.shares = shares;
    this.resource = resource;
    this.nanoClock = nanoClock;
    this.seenNanos = nanoClock.getAsLong() - LASTS.toNanos();
  }

  public Shares shares() {
    return shares;
  }

  /**
   * Returns the problem, if there is one. To be called periodically: refusals since the last call
   * count as of now.
   */
  public synchronized Optional<Problem> problem() {
    long now = nanoClock.getAsLong();
    long refusals = shares.refusals();
    if (refusals > seenRefusals) {
      seenRefusals = refusals;
      seenNanos = now;
      greatest = shares.greatest().map(this::describe).orElse("no party has any now");
    }
    return now - seenNanos < LASTS.toNanos()
        ? Optional.of(
            new Problem(
                "",
                ProblemReason.OVER_SHARE,
                resource + " are refused beyond a share: " + greatest))
        : Optional.empty();
  }

  private String describe(Object party) {
    return "%s has most, %d of %d"
        .formatted(
            Printable.line(CallerKey.text(party), 200), shares.takenBy(party), shares.capacity());
  }
}
