package io.pushfanout.files;

import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/** One thread for all followed files of the process, which begins with the first. */
public final class FileWatch {
  /** What is written takes two looks to be in force. */
  private static final Duration EVERY = Duration.ofMillis(500);

  private static final ScheduledExecutorService THREAD = Threads.scheduler("pushfanout-files");

  private FileWatch() {}

  /** Has a look taken twice a second, until it is cancelled; none may take long. */
  public static Future<?> every(Runnable look) {
    return new RepeatedTask("a look at files that are followed", look).start(THREAD, EVERY, EVERY);
  }
}
