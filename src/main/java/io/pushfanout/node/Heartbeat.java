package io.pushfanout.node;

/**
 * The schedule of one user's pings, and the detection of a dead connection: each interval without a
 * sign of life counts as one more unanswered ping.
 *
 * <p>Every byte from the user is a sign of life, and so is a text that leaves for the network: a
 * phone that takes minutes for a large message gets its pings only after it.
 */
final class Heartbeat {
  /**
   * Nanoseconds between two pings, below the 60 s after which common proxies close a quiet
   * connection.
   */
  static final long INTERVAL_NANOS = 25_000_000_000L;

  private static final int MOST_UNANSWERED = 2;

  private final long interval;
  private long nextBeat;
  private long lastSigns;
  private int unanswered;

  /** An action that is due. */
  enum Beat {
    NOTHING,
    PING,
    GONE
  }

  /**
   * @param interval between two beats, in nanoseconds
   * @param now on the same clock as in {@link #at}
   */
  Heartbeat(long interval, long now) {
    this.interval = interval;
    this.nextBeat = now + interval;
  }

  /**
   * @param now in nanoseconds
   * @param signs number of signs of life since the start
   */
  Beat at(long now, long signs) {
    if (now - nextBeat < 0) {
      return Beat.NOTHING;
    }
    nextBeat = now + interval;
    unanswered = signs == lastSigns ? unanswered + 1 : 1;
    lastSigns = signs;
    return unanswered > MOST_UNANSWERED ? Beat.GONE : Beat.PING;
  }
}
