package io.pushfanout.discovery.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The waits between attempts: 100 ms, then doubled each time up to 2 s. Each wait is shortened at
 * random by up to a half, so that a fleet does not return in step. The maximum is 2 s because the
 * set of nodes must be right again within 5 s of the end of an outage.
 */
public final class Backoff {
  public static final Duration MAX = Duration.ofSeconds(2);

  /** Wait after a refusal, which stays the same until a permission changes. */
  public static final Duration REFUSED = Duration.ofSeconds(10);

  private static final Duration INITIAL = Duration.ofMillis(100);

  private final RandomGenerator random;
  private Duration longest = INITIAL;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  public Duration next() {
    Duration wait = shortened(longest);
    Duration doubled = longest.multipliedBy(2);
    longest = doubled.compareTo(MAX) < 0 ? doubled : MAX;
    return wait;
  }

  public Duration nextAfterRefusal() {
    return shortened(REFUSED);
  }

  public void reset() {
    longest = INITIAL;
  }

  private Duration shortened(Duration duration) {
    return Duration.ofNanos((long) (duration.toNanos() * random.nextDouble(0.5, 1)));
  }
}
