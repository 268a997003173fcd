package io.pushfanout.discovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: 100 ms, then twice as long each time up to 2 s, each
 * shortened at random by up to a half, so that a fleet does not come back in step. 2 s because the
 * set of nodes has to be right again within 5 s of the end of an outage.
 */
final class Backoff {
  static final Duration MAX = Duration.ofSeconds(2);

  /** For an answer that will be the same until somebody changes a permission. */
  static final Duration REFUSED = Duration.ofSeconds(10);

  private static final Duration INITIAL = Duration.ofMillis(100);

  private final RandomGenerator random;
  private Duration longest = INITIAL;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  Duration next() {
    Duration wait = shortened(longest);
    Duration doubled = longest.multipliedBy(2);
    longest = doubled.compareTo(MAX) < 0 ? doubled : MAX;
    return wait;
  }

  Duration nextAfterRefusal() {
    return shortened(REFUSED);
  }

  void reset() {
    longest = INITIAL;
  }

  private Duration shortened(Duration duration) {
    return Duration.ofNanos((long) (duration.toNanos() * random.nextDouble(0.5, 1)));
  }
}
