package io.pushfanout.connect;

/**
 * Decides when a connection is asked whether it lives, and when it is dead; see {@link KeepAlive}.
 * Any bytes that arrive count as an answer. Times are of one clock.
 */
final class PingRule {
  enum Step {
    WAIT,
    PING,
    DEAD
  }

  private final long idle;
  private final long answer;
  private final long interval;

  private long readAt;
  private long pingAt;
  private boolean pingOutstanding;
  private long notBefore;

  /** The first call since anything arrived: silence before it means nothing. */
  private long callAt;

  PingRule(KeepAlive times, long now) {
    idle = times.idle().toNanos();
    answer = times.answer().toNanos();
    interval = times.interval().toNanos();
    readAt = now;
    callAt = now;
    notBefore = now;
  }

  void onCall(long now) {
    if (callAt - readAt <= 0) {
      callAt = now;
    }
  }

  void onRead(long now) {
    readAt = now;
    if (pingOutstanding) {
      pingOutstanding = false;
      notBefore = pingAt + interval;
    }
  }

  void onPing(long now) {
    pingAt = now;
    pingOutstanding = true;
  }

  /** What to do now. The caller does not ask while no calls and no PING are outstanding. */
  Step step(long now) {
    if (nanosLeft(now) > 0) {
      return Step.WAIT;
    }
    return pingOutstanding ? Step.DEAD : Step.PING;
  }

  /** When to ask for the next step. */
  long nanosLeft(long now) {
    if (pingOutstanding) {
      return pingAt + answer - now;
    }
    long quietSince = callAt - readAt > 0 ? callAt : readAt;
    return Math.max(quietSince + idle - now, notBefore - now);
  }

  boolean pingOutstanding() {
    return pingOutstanding;
  }
}
