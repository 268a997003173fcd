package io.pushfanout.state;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.files.FileException;
import io.pushfanout.model.Printable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves what is in force: looks once a second whether it has changed, so that changes that come
 * together are one write, and writes the time of what has not changed once a minute.
 *
 * <p>On a thread of its own. That a file cannot be written hurts nobody: it is said, once, and
 * tried again.
 */
public final class StateSaver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StateSaver.class);

  private static final Duration LOOK = Duration.ofSeconds(1);
  static final Duration REFRESH = Duration.ofMinutes(1);
  static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final StateFiles files;
  private final Supplier<Present> present;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-state");

  /** By the name of a part. On the thread only. */
  private final Map<String, Written> written = new HashMap<>();

  private final FailureLog failures = new FailureLog("saving the state");

  private @Nullable Long tidiedNanos;
  private @Nullable Long failedNanos;
  private volatile @Nullable String problem;

  /** What a file holds. */
  private record Written(Object content, Instant asOf, long atNanos) {}

  /**
   * What the sources have said.
   *
   * @param state those parts that they were asked for and have answered
   * @param wanted all services that are of interest, answered for or not; null while not known
   */
  public record Present(SavedState state, @Nullable Set<String> wanted) {}

  private interface Write {
    void run() throws IOException;
  }

  /**
   * @param present asked once a second, on this saver's thread
   */
  public StateSaver(StateFiles files, Supplier<Present> present, LongSupplier nanoClock) {
    this.files = files;
    this.present = present;
    this.nanoClock = nanoClock;
  }

  public void start() {
    Future<?> _ =
        new RepeatedTask("a look at the state to save", () -> look(false))
            .start(thread, LOOK, LOOK);
  }

  /** Why what is in force is not saved, one line; from any thread. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * @param last whatever is newer than its file is written
   */
  void look(boolean last) {
    long now = nanoClock.getAsLong();
    if (!last && failedNanos != null && now - failedNanos < AFTER_FAILURE.toNanos()) {
      return;
    }
    try {
      save(present.get(), now, last);
      succeeded();
    } catch (IOException e) {
      failed(FileException.why(e), now);
    } catch (RuntimeException | Error e) {
      failures.failed(e);
      failed(Printable.line(e.toString()), now);
    }
  }

  private void save(Present what, long now, boolean last) throws IOException {
    SavedState state = what.state();
    SavedResources resources = state.resources();
    if (resources != null) {
      keep("", resources.specs(), resources.asOf(), last, now, () -> files.save(resources));
    }
    for (Map.Entry<String, SavedNodes> service : state.services().entrySet()) {
      SavedNodes nodes = service.getValue();
      keep(
          service.getKey(),
          nodes.nodes(),
          nodes.asOf(),
          last,
          now,
          () -> files.save(service.getKey(), nodes));
    }
    Set<String> wanted = what.wanted();
    if (wanted != null && isRefreshDue(tidiedNanos, now)) {
      files.retainServices(wanted);
      written.keySet().removeIf(part -> !part.isEmpty() && !wanted.contains(part));
      tidiedNanos = now;
    }
  }

  private void keep(String part, Object content, Instant asOf, boolean last, long now, Write write)
      throws IOException {
    Written before = written.get(part);
    if (before != null && before.content().equals(content)) {
      boolean newer = asOf.isAfter(before.asOf());
      if (!newer || !(last || isRefreshDue(before.atNanos(), now))) {
        return;
      }
    }
    write.run();
    written.put(part, new Written(content, asOf, now));
  }

  private static boolean isRefreshDue(@Nullable Long sinceNanos, long now) {
    return sinceNanos == null || now - sinceNanos >= REFRESH.toNanos();
  }

  private void succeeded() {
    failures.succeeded();
    if (failedNanos != null) {
      log.info("the state is saved again");
    }
    failedNanos = null;
    problem = null;
  }

  private void failed(String why, long now) {
    if (failedNanos == null) {
      log.warn("the state cannot be saved: {}; serving on, and trying again", why);
    }
    failedNanos = now;
    problem = why;
  }

  /** Saves what there is now, and no more. May be called more than once. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    thread.execute(() -> look(true));
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("saving the state takes long; not waiting for it");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
