package io.pushfanout.tls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for all files of the process, which begins with the first. */
final class Watch {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  /** What is written takes two looks to be in force. */
  private static final long MILLIS = 500;

  private static final ScheduledThreadPoolExecutor THREAD = thread();

  private Watch() {}

  static Future<?> every(Runnable look) {
    return THREAD.scheduleWithFixedDelay(() -> guarded(look), MILLIS, MILLIS, MILLISECONDS);
  }

  /** One that throws would never be looked at again. */
  private static void guarded(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException e) {
      log.error("a look at the TLS files failed", e);
    }
  }

  private static ScheduledThreadPoolExecutor thread() {
    var thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("pushfanout-tls").daemon().factory());
    thread.setRemoveOnCancelPolicy(true);
    return thread;
  }
}
