package io.pushfanout.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An event loop and its clock, both of which move only by a call of the test. */
public final class FakeLoop extends AbstractExecutorService implements ScheduledExecutorService {
  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Task> timers =
      new PriorityQueue<>(
          Comparator.comparingLong((Task t) -> t.atNanos).thenComparingLong(t -> t.id));
  private long nowNanos = 1_000_000_000_000L;
  private long nextId;

  public long nanoTime() {
    return nowNanos;
  }

  /** Runs all ready tasks, and tasks that these make ready, without time going by. */
  public void run() {
    for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
      task.run();
    }
  }

  /** Runs the next ready task; returns whether there was one. */
  public boolean runNext() {
    Runnable task = ready.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Lets time go by, with every timer at its own moment. */
  public void advance(Duration time) {
    long until = nowNanos + time.toNanos();
    advanceToTimersWithin(time);
    nowNanos = until;
  }

  /** Lets time go by as far as the last timer that is due within this. */
  public void advanceToTimersWithin(Duration time) {
    run();
    long until = nowNanos + time.toNanos();
    while (!timers.isEmpty() && timers.element().atNanos <= until) {
      Task due = timers.remove();
      nowNanos = Math.max(nowNanos, due.atNanos);
      due.run();
      run();
    }
  }

  public int pendingTimers() {
    return timers.size();
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task task = new Task(command, nowNanos + unit.toNanos(delay), 0);
    timers.add(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    Task task = new Task(command, nowNanos + unit.toNanos(initialDelay), unit.toNanos(delay));
    timers.add(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

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

  private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long id = nextId++;
    private final long everyNanos;
    private long atNanos;

    Task(Runnable command, long atNanos, long everyNanos) {
      super(command, null);
      this.atNanos = atNanos;
      this.everyNanos = everyNanos;
    }

    @Override
    public void run() {
      if (everyNanos == 0) {
        super.run();
      } else if (runAndReset()) {
        atNanos = nowNanos + everyNanos;
        timers.add(this);
      }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      timers.remove(this);
      return super.cancel(mayInterrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - nowNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
