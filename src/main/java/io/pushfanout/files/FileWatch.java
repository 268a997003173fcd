package io.pushfanout.files;

import io.pushfanout.concurrent.RepeatedTask;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** One thread for all followed files of the process, which begins with the first. */
public final class FileWatch {
  /** What is written takes two looks to be in force. */
  private static final Duration EVERY = Duration.ofMillis(500);

  private static final ScheduledThreadPoolExecutor THREAD = thread();

  private FileWatch() {}

  /** Has a look taken twice a second, until it is cancelled; none may take long. */
  public static Future<?> every(Runnable look) {
    return new RepeatedTask("a look at files that are followed", look).start(THREAD, EVERY, EVERY);
  }

  private static ScheduledThreadPoolExecutor thread() {
    var thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("pushfanout-files").daemon().factory());
    thread.setRemoveOnCancelPolicy(true);
    return thread;
  }
}
