package io.pushfanout.simulation;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An event loop whose tasks the scheduler runs. An exception of a task is a violation; Netty's own
 * loops would at most log it, and a timer's future would swallow it.
 */
final class SimulatedLoop extends AbstractScheduledEventExecutor implements EventLoop {
  private final String name;
  private final Scheduler scheduler;
  private boolean stopped;
  private final Queue<Runnable> ready = new ArrayDeque<>();
  private Consumer<Throwable> onThrown =
      e -> {
        throw new IllegalStateException(e);
      };

  SimulatedLoop(String name, Scheduler scheduler) {
    this.name = name;
    this.scheduler = scheduler;
  }

  void onThrown(Consumer<Throwable> handler) {
    onThrown = handler;
  }

  @Override
  public Ticker ticker() {
    return scheduler;
  }

  /** Stops the loop; later tasks do not run. */
  void stop() {
    stopped = true;
  }

  boolean isRunnable() {
    return !stopped && (!ready.isEmpty() || nextNanos() <= scheduler.nanoTime());
  }

  long nextNanos() {
    if (stopped) {
      return Long.MAX_VALUE;
    }
    if (!ready.isEmpty()) {
      return scheduler.nanoTime();
    }
    long deadline = nextScheduledTaskDeadlineNanos();
    return deadline < 0 ? Long.MAX_VALUE : deadline;
  }

  /** Runs one task; timers come first, as in Netty's loops. */
  void runOne() {
    Runnable due = pollScheduledTask(scheduler.nanoTime());
    if (due != null) {
      ready.add(due);
    }
    Runnable task = ready.poll();
    if (task != null) {
      watched(task).run();
    }
  }

  private Runnable watched(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Violation e) {
        throw e;
      } catch (Throwable e) {
        onThrown.accept(e);
      }
    };
  }

  /** Removes all waiting timers at the end of a history, and returns their number. */
  int takeTimers() {
    int timers = 0;
    while (pollScheduledTask(Long.MAX_VALUE) != null) {
      timers++;
    }
    return timers;
  }

  @Override
  public boolean inEventLoop() {
    return scheduler.running() == this;
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return inEventLoop();
  }

  @Override
  public boolean isExecutorThread(Thread thread) {
    return inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return super.schedule(watched(command), delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return super.scheduleWithFixedDelay(watched(command), initialDelay, delay, unit);
  }

  @Override
  public EventLoopGroup parent() {
    return this;
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return register(new DefaultChannelPromise(channel, this));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Deprecated
  @Override
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
  }

  @Override
  public boolean isShuttingDown() {
    return false;
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return terminationFuture();
  }

  @Override
  public Future<?> terminationFuture() {
    return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
  }

  @Deprecated
  @Override
  public void shutdown() {}

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }

  @Override
  public String toString() {
    return name;
  }
}
