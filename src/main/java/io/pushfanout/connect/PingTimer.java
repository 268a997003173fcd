package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Carries {@link PingRule} out on one session. Its timer runs only while there is a call. */
final class PingTimer {
  private final EventLoop loop;
  private final Http2Session session;
  private final Codec codec;
  private final PingRule rule;
  private final String deadText;
  private @Nullable Future<?> timer;

  PingTimer(EventLoop loop, KeepAlive times, Http2Session session, Codec codec) {
    this.loop = loop;
    this.session = session;
    this.codec = codec;
    rule = new PingRule(times, System.nanoTime());
    deadText = "no sign of life within " + times.answer().toMillis() + " ms of a PING";
  }

  void onCall(long now) {
    rule.onCall(now);
    if (timer == null) {
      schedule(now);
    }
  }

  void onRead() {
    rule.onRead(System.nanoTime());
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void check() {
    timer = null;
    if (!session.hasCalls() && !rule.pingOutstanding()) {
      return;
    }
    long now = System.nanoTime();
    switch (rule.step(now)) {
      case WAIT -> schedule(now);
      case PING -> {
        codec.ping();
        rule.onPing(now);
        schedule(now);
      }
      case DEAD -> session.die(deadText);
    }
  }

  private void schedule(long now) {
    timer = loop.schedule(this::check, rule.nanosLeft(now), TimeUnit.NANOSECONDS);
  }
}
