package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.pushfanout.http2.ClientConnection;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer that carries out the {@link KeepAlivePolicy} on one session. The timer runs only while
 * there is a call.
 */
final class KeepAliveTimer {
  private static final long PING_DATA = 0x70757368L;

  private final EventLoop loop;
  private final SessionLifecycle lifecycle;
  private final ClientConnection connection;
  private final KeepAlivePolicy policy;
  private final String deadText;
  private @Nullable Future<?> timer;

  KeepAliveTimer(
      EventLoop loop,
      KeepAlivePolicy.Config times,
      SessionLifecycle lifecycle,
      ClientConnection connection) {
    this.loop = loop;
    this.lifecycle = lifecycle;
    this.connection = connection;
    policy = new KeepAlivePolicy(times, loop.ticker().nanoTime());
    deadText = "no sign of life within " + times.answer().toMillis() + " ms of a PING";
  }

  void onCall(long now) {
    policy.onCall(now);
    if (timer == null) {
      schedule(now);
    }
  }

  void onRead() {
    policy.onRead(loop.ticker().nanoTime());
  }

  /** Sends a PING with a short deadline, unless the node gave a sign of life a moment ago. */
  void urgent(boolean awaiting) {
    long now = loop.ticker().nanoTime();
    if (policy.isUrgent(now, awaiting)) {
      stop();
      connection.ping(PING_DATA);
      policy.onUrgentPing(now);
      schedule(now);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void check() {
    timer = null;
    if (!lifecycle.isAwaiting() && !policy.pingOutstanding()) {
      return;
    }
    long now = loop.ticker().nanoTime();
    switch (policy.step(now)) {
      case WAIT -> schedule(now);
      case PING -> {
        connection.ping(PING_DATA);
        policy.onPing(now);
        schedule(now);
      }
      case DEAD -> lifecycle.abort(deadText, false);
    }
  }

  private void schedule(long now) {
    timer =
        loop.schedule(lifecycle.guarded(this::check), policy.nanosLeft(now), TimeUnit.NANOSECONDS);
  }
}
