package io.pushfanout.connect;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The rules for when a PING goes out on a connection, and when the connection is dead. Any bytes
 * that arrive count as an answer. Times are of one clock.
 */
final class KeepAlivePolicy {
  /**
   * The times of PINGs that check a silent node.
   *
   * @param idle time without any arrival, while calls are outstanding, after which a PING goes out
   * @param answer time without any arrival after the PING, after which the connection is dead
   * @param interval least time from an answered PING to the next one: servers of gRPC take a ping
   *     every 5 minutes by default, and end the connection of a client that sends more (gRFC A8)
   */
  record Config(Duration idle, Duration answer, Duration interval) {
    static final Config DEFAULT =
        new Config(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMinutes(5));
  }

  enum Step {
    WAIT,
    PING,
    DEAD
  }

  private static final long URGENT_IDLE = TimeUnit.SECONDS.toNanos(1);
  private static final long URGENT_ANSWER = TimeUnit.SECONDS.toNanos(2);

  private final long idle;
  private final long answer;
  private final long interval;

  private long readAt;
  private long pingAt;
  private boolean pingOutstanding;
  private long answerBy;
  private long notBefore;

  /** Time of the first call since anything arrived: silence before it means nothing. */
  private long callAt;

  /**
   * Whether a PING without a call in flight may go out. Servers of gRPC count such PINGs as
   * strikes, and end the connection at the third since their last answer (gRFC A8): one for each
   * call is few.
   */
  private boolean mayPingIdle;

  KeepAlivePolicy(Config times, long now) {
    idle = times.idle().toNanos();
    answer = times.answer().toNanos();
    interval = times.interval().toNanos();
    readAt = now;
    callAt = now;
    notBefore = now;
  }

  void onCall(long now) {
    mayPingIdle = true;
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
    answerBy = now + answer;
  }

  /**
   * Returns whether an urgent PING may go out: nothing has arrived for 1 s, no PING is outstanding,
   * and none was answered within the interval. Without a call in flight, one such PING may follow
   * each call.
   */
  boolean isUrgent(long now, boolean awaiting) {
    return (awaiting || mayPingIdle)
        && now - quietSince() >= URGENT_IDLE
        && !pingOutstanding
        && now - notBefore >= 0;
  }

  void onUrgentPing(long now) {
    onPing(now);
    mayPingIdle = false;
    answerBy = now + Math.min(answer, URGENT_ANSWER);
  }

  /**
   * Returns the step to take now. Must not be called while neither calls nor a PING are
   * outstanding.
   */
  Step step(long now) {
    if (nanosLeft(now) > 0) {
      return Step.WAIT;
    }
    return pingOutstanding ? Step.DEAD : Step.PING;
  }

  /** Returns the nanoseconds until the next step. */
  long nanosLeft(long now) {
    if (pingOutstanding) {
      return answerBy - now;
    }
    return Math.max(quietSince() + idle - now, notBefore - now);
  }

  private long quietSince() {
    return callAt - readAt > 0 ? callAt : readAt;
  }

  boolean pingOutstanding() {
    return pingOutstanding;
  }
}
