package io.pushfanout.simulation;

import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs everything on one thread, in an order set by the seed. One of all due loops and events takes
 * a step; if none is due, the clock jumps to the next.
 */
final class Scheduler implements Ticker {
  /** Maximum steps within one moment: a world with more has an endless loop. */
  private static final int MOST_STEPS_AT_ONCE = 2_000_000;

  /** Maximum nanoseconds of a step: time passes while a task runs. */
  private static final int STEP_NANOS = 10_000;

  final Random random;
  final Trace trace = new Trace();
  private final List<SimulatedLoop> loops = new ArrayList<>();
  private final List<SimulatedLoop> runnable = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong((Event e) -> e.atNanos).thenComparingLong(e -> e.id));
  private final long began;
  private long now;
  private long nextId;
  private @Nullable SimulatedLoop running;

  private record Event(long atNanos, long id, Runnable action) {}

  Scheduler(long seed) {
    random = new Random(seed);
    // The clock begins at a random value, since the JDK's clock has no fixed origin.
    began = 1_000_000_000_000L + random.nextInt(1_000_000_000);
    now = began;
  }

  SimulatedLoop newLoop(String name) {
    SimulatedLoop loop = new SimulatedLoop(name, this);
    loops.add(loop);
    return loop;
  }

  @Override
  public long initialNanoTime() {
    return began;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void sleep(long delay, TimeUnit unit) {
    throw new IllegalStateException("nothing in a simulation may sleep");
  }

  /** Returns the nanoseconds since the beginning of the history. */
  long elapsed() {
    return now - began;
  }

  /** Returns the loop whose task runs now, or null between tasks and in events of the outside. */
  @Nullable SimulatedLoop running() {
    return running;
  }

  void trace(Object who, String what) {
    trace.add(elapsed(), who, what);
  }

  void trace(Object who, String what, long detail) {
    trace.add(elapsed(), who, what, detail);
  }

  /** Lets the running task take this time. */
  void spend(long nanos) {
    now += nanos;
  }

  /** Schedules an event of the outside, in no loop, after this time. */
  void after(long nanos, Runnable action) {
    events.add(new Event(now + Math.max(0, nanos), nextId++, action));
  }

  /** Schedules an event of the outside at a time of the history. */
  void at(long elapsedNanos, Runnable action) {
    after(began + elapsedNanos - now, action);
  }

  /** Runs all events up to that time of the history. */
  void runUntil(long elapsedNanos) {
    long until = began + elapsedNanos;
    int steps = 0;
    while (true) {
      if (step()) {
        if (++steps > MOST_STEPS_AT_ONCE) {
          throw new Violation(Invariant.SETTLES_IN_TIME, "tasks follow tasks without an end");
        }
        continue;
      }
      long next = nextNanos();
      if (next > until) {
        now = Math.max(now, until);
        return;
      }
      if (next > now) {
        steps = 0;
      }
      now = Math.max(now, next);
    }
  }

  private long nextNanos() {
    Event first = events.peek();
    long next = first == null ? Long.MAX_VALUE : first.atNanos;
    for (SimulatedLoop loop : loops) {
      next = Math.min(next, loop.nextNanos());
    }
    return next;
  }

  private boolean step() {
    runnable.clear();
    for (SimulatedLoop loop : loops) {
      if (loop.isRunnable()) {
        runnable.add(loop);
      }
    }
    Event first = events.peek();
    boolean eventDue = first != null && first.atNanos <= now;
    int choices = runnable.size() + (eventDue ? 1 : 0);
    if (choices == 0) {
      return false;
    }
    int choice = choices == 1 ? 0 : random.nextInt(choices);
    now += random.nextInt(STEP_NANOS);
    if (choice < runnable.size()) {
      SimulatedLoop loop = runnable.get(choice);
      running = loop;
      try {
        loop.runOne();
      } finally {
        running = null;
      }
    } else {
      events.remove().action.run();
    }
    return true;
  }

  /** Returns the number of timers that wait on a loop, at the end of a history. */
  int takeTimers(SimulatedLoop loop) {
    running = loop;
    // The loop returns only timers that are due.
    now = Long.MAX_VALUE / 2;
    try {
      return loop.takeTimers();
    } finally {
      running = null;
    }
  }
}
