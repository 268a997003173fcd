package io.pushfanout.files;

import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/** The thread that checks all followed files of the process; it starts with the first one. */
public final class FileWatch {
  /** Interval of the checks; new content needs two of them to be in force. */
  private static final Duration EVERY = Duration.ofMillis(500);

  private static final ScheduledExecutorService THREAD = Threads.scheduler("pushfanout-files");

  private FileWatch() {}

  /** Runs a check twice a second until the returned future is cancelled; no check may take long. */
  public static Future<?> every(Runnable look) {
    return new RepeatedTask("a look at files that are followed", look).start(THREAD, EVERY, EVERY);
  }
}
