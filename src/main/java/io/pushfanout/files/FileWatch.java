package io.pushfanout.files;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.pushfanout.concurrent.Threads;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for all followed files of the process, which begins with the first. */
public final class FileWatch {
  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  /** What is written takes two looks to be in force. */
  private static final long MILLIS = 500;

  private static final ScheduledExecutorService THREAD = Threads.scheduler("pushfanout-files");

  private FileWatch() {}

  /** Has a look taken twice a second, until it is cancelled; none may take long. */
  public static Future<?> every(Runnable look) {
    return THREAD.scheduleWithFixedDelay(() -> guarded(look), MILLIS, MILLIS, MILLISECONDS);
  }

  /** One that throws would never be looked at again. */
  private static void guarded(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException e) {
      log.error("a look at the files failed", e);
    }
  }
}
