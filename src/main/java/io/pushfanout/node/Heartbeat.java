package io.pushfanout.node;

/**
 * When one user is pinged, and when it counts as gone: at each beat that finds no sign of life
 * since the beat before it, one more ping has stayed without an answer.
 *
 * <p>Every byte from the user is a sign, and so is a text that leaves for the network: a phone that
 * takes minutes for a large message has its pings behind it.
 */
final class Heartbeat {
  /** Below the 60 s after which common proxies cut a quiet connection. */
  static final long INTERVAL_NANOS = 25_000_000_000L;

  private static final int MOST_UNANSWERED = 2;

  private final long interval;
  private long nextBeat;
  private long lastSigns;
  private int unanswered;

  /** What is to be done at a moment. */
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
   * @param signs how many signs of life there have been since the start
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
