package io.pushfanout.concurrent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A factory of the program's threads: daemon threads of the platform, each with a name.
 *
 * <p>None is virtual. A virtual thread that blocks in native code (a look-up, a pipe, the console)
 * keeps its carrier. JDK 25 should add a carrier in its place and sometimes does not (JDK-8373118),
 * so two such threads stop all others on two processors, and one on a pod's single processor.
 */
public final class Threads {
  private static final long IDLE_SECONDS = 10;

  private Threads() {}

  /** Starts a thread that runs the task. */
  public static Thread start(String name, Runnable task) {
    return Thread.ofPlatform().name(name).daemon().start(task);
  }

  /**
   * Starts one thread for tasks and timers; a cancelled timer leaves its queue at once.
   *
   * @throws OutOfMemoryError when the system refuses a thread; no task meets that later
   */
  public static ScheduledExecutorService scheduler(String name) {
    var executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).daemon().factory());
    executor.setRemoveOnCancelPolicy(true);
    executor.prestartCoreThread();
    return executor;
  }

  /**
   * Returns an executor for tasks that block, with a thread for each task; the caller bounds the
   * number of tasks at a time. An idle thread takes the next task, and ends after 10 s without one.
   * If the system refuses a thread, {@code execute} throws OutOfMemoryError.
   */
  public static ExecutorService pool(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        Thread.ofPlatform().name(name + "-", 0).daemon().factory());
  }
}
