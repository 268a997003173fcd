package io.pushfanout.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.server.guard.Http2Limits;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a connection that has grown old, or has had no call for long. Both drain it; an old
 * one is also closed when its last calls do not end. On the connection's loop only.
 */
final class ConnectionAge {
  /** Checks for calls in the time after which a connection without a call is drained. */
  private static final int IDLE_PERIODS = 10;

  private static final Duration IDLE_PERIOD = Http2Limits.IDLE.dividedBy(IDLE_PERIODS);

  private final Channel channel;
  private final ServerConnection connection;
  private final Runnable drain;
  private int idlePeriods;
  private @Nullable Future<?> idleTimer;
  private @Nullable Future<?> ageTimer;

  /**
   * @param drain drains the connection; without effect on one that is drained already
   */
  ConnectionAge(Channel channel, ServerConnection connection, Runnable drain) {
    this.channel = channel;
    this.connection = connection;
    this.drain = drain;
  }

  /**
   * Starts the timers.
   *
   * @param maxAgeNanos age at which the connection is drained; 0 is never
   */
  void begin(long maxAgeNanos) {
    EventLoop loop = channel.eventLoop();
    long period = IDLE_PERIOD.toNanos();
    idleTimer = loop.scheduleAtFixedRate(this::checkIdle, period, period, TimeUnit.NANOSECONDS);
    if (maxAgeNanos > 0) {
      ageTimer = loop.schedule(this::onOldAge, maxAgeNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Records a call that begins. */
  void onCall() {
    idlePeriods = 0;
  }

  private void checkIdle() {
    idlePeriods = connection.isIdle() ? idlePeriods + 1 : 0;
    if (idlePeriods > IDLE_PERIODS) {
      drain.run();
    }
  }

  private void onOldAge() {
    drain.run();
    long grace = Http2Limits.AGED_GRACE.toNanos();
    ageTimer = channel.eventLoop().schedule(() -> channel.close(), grace, TimeUnit.NANOSECONDS);
  }

  /** Stops the timers. */
  void end() {
    cancel(idleTimer);
    cancel(ageTimer);
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
