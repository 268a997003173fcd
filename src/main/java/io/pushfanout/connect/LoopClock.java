package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Ticker;

/** The clock by which a loop runs its timers: the two must agree, whoever turns them. */
final class LoopClock {
  private LoopClock() {}

  static Ticker of(EventLoop loop) {
    return loop instanceof AbstractScheduledEventExecutor timed
        ? timed.ticker()
        : Ticker.systemTicker();
  }
}
