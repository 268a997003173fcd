package io.pushfanout.checkpoint;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.reload.FileException;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
 * A writer of the state in force. It checks for changes once a second, so that changes in quick
 * succession cause one write, and refreshes the time of unchanged state once a minute.
 *
 * <p>The writer has a thread of its own. A failed write does not affect the service: it is logged
 * once and retried after 10 s.
 */
public final class CheckpointWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointWriter.class);

  /** Interval of the checks. */
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  static final Duration REFRESH = Duration.ofMinutes(1);
  static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final CheckpointFiles files;
  private final Supplier<Present> present;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-state");

  /** The files as last written, by name of the part. Used on the thread only. */
  private final Map<String, Written> written = new HashMap<>();

  private final FailureLog failures = new FailureLog("saving the state");

  private @Nullable Long tidiedNanos;
  private @Nullable Long failedNanos;
  private volatile @Nullable String problem;

  /** The content of a file, and the time of the write. */
  private record Written(Checkpoint<?> content, long atNanos) {}

  /**
   * The state to save.
   *
   * @param state the parts for which the sources have answered
   * @param wanted all services named by specs, answered or not; null while unknown
   */
  public record Present(SavedState state, @Nullable Set<String> wanted) {}

  private interface Write {
    void run() throws IOException;
  }

  /**
   * @param present supplies the state once a second, on this saver's thread
   */
  public CheckpointWriter(
      CheckpointFiles files, Supplier<Present> present, LongSupplier nanoClock) {
    this.files = files;
    this.present = present;
    this.nanoClock = nanoClock;
  }

  public void start() {
    Future<?> _ =
        new RepeatedTask("a look at the state to save", () -> look(false))
            .start(thread, CHECK_INTERVAL, CHECK_INTERVAL);
  }

  /** Returns why the state is not saved, in one line; empty if it is. Any thread may call this. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * Saves the state if it has changed.
   *
   * @param last whether to write every part that is newer than its file
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
    Checkpoint<List<FanoutSpec>> resources = state.resources();
    if (resources != null) {
      keep("", resources, last, now, () -> files.saveResources(resources));
    }
    for (Map.Entry<String, Checkpoint<Set<NodeAddress>>> service : state.services().entrySet()) {
      String name = service.getKey();
      Checkpoint<Set<NodeAddress>> nodes = service.getValue();
      keep(name, nodes, last, now, () -> files.saveNodes(name, nodes));
    }
    Set<String> wanted = what.wanted();
    if (wanted != null && isRefreshDue(tidiedNanos, now)) {
      files.retainServices(wanted);
      written.keySet().removeIf(part -> !part.isEmpty() && !wanted.contains(part));
      tidiedNanos = now;
    }
  }

  private void keep(String part, Checkpoint<?> content, boolean last, long now, Write write)
      throws IOException {
    Written before = written.get(part);
    if (before != null && before.content().value().equals(content.value())) {
      boolean newer = content.asOf().isAfter(before.content().asOf());
      if (!newer || !(last || isRefreshDue(before.atNanos(), now))) {
        return;
      }
    }
    write.run();
    written.put(part, new Written(content, now));
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

  /** Saves the state once more, waits at most 2 s, and stops. Further calls have no effect. */
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
