package io.pushfanout.concurrent;

/**
 * A monotonic clock that is read once for each step of an event loop, such as the bytes of one
 * read. Thousands of messages in a step have one time, which is as old as the step at most.
 */
public final class StepClock {
  private static final ThreadLocal<Step> STEPS = ThreadLocal.withInitial(Step::new);

  /** The step of one thread. */
  private static final class Step {
    private boolean open;
    private long nanos;
  }

  private StepClock() {}

  /** Begins a step of this thread; {@link #end} must follow. */
  public static void begin() {
    Step step = STEPS.get();
    step.open = true;
    step.nanos = System.nanoTime();
  }

  /** Ends the step of this thread. */
  public static void end() {
    STEPS.get().open = false;
  }

  /** Returns the time in nanoseconds: that of the step's beginning, or now outside of steps. */
  public static long nanoTime() {
    Step step = STEPS.get();
    return step.open ? step.nanos : System.nanoTime();
  }
}
