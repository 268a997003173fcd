package io.pushfanout.reload;

import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The thread that polls all reloaded files of the process; it starts with the first poll.
 *
 * <p>Polls replace file events: a mounted ConfigMap or Secret changes through a link other than the
 * watched one, and network file systems send no events.
 */
public final class FilePoller {
  /** Time from the end of a poll to the next one. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  private static final ScheduledExecutorService THREAD = Threads.scheduler("pushfanout-reload");

  private FilePoller() {}

  /** Runs a poll repeatedly until the returned future is cancelled; no poll may block. */
  public static Future<?> start(Runnable poll) {
    return new RepeatedTask("a poll of reloaded files", poll).start(THREAD, INTERVAL, INTERVAL);
  }

  /** Returns the number of polls that take the given time. */
  public static int polls(Duration time) {
    return (int) time.dividedBy(INTERVAL);
  }
}
