package io.pushfanout.config;

import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.FanoutSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source of PushFanouts from a file, or from the {@code *.yaml} and {@code *.yml} files of a
 * directory. A change reaches the listener within two seconds.
 *
 * <p>A file is applied whole, or its last good version stays in force. If two files contain the
 * same resource name, the file that sorts later is reported as broken. A file that is missing from
 * a directory for two seconds takes its fanouts with it. A missing single file or a missing
 * directory is a problem and retires no fanout.
 *
 * <p>{@link #start} and {@link #close} are for the one thread that starts and stops the program.
 */
public final class ConfigSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigSource.class);

  /** Time between two polls: one poll sees a change, the next one applies it. */
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ConfigWatch watch;
  private final Function<ConfigState, CompletableFuture<Void>> listener;
  private final LongSupplier nanoTime;
  private volatile ConfigState state = ConfigState.NONE;

  /** Specs that the listener has accepted; null before the first hand-over. */
  private @Nullable List<FanoutSpec> handedOver;

  /** A future that completes when {@link #handedOver} is in force. */
  private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);

  /** Log lines of the changes since the last hand-over that the listener accepted. */
  private final List<String> news = new ArrayList<>();

  /** A future that completes when all earlier changes are logged, or never will be. */
  private CompletableFuture<Void> logged = CompletableFuture.completedFuture(null);

  private @Nullable ScheduledExecutorService thread;

  /**
   * @param path a file or a directory; the path must stay of the kind that it has now
   * @param listener gets the state whenever the specs have changed, and returns a future of their
   *     being in force. The first call is within {@link #start} and on its thread. Each later call
   *     is on the thread of this source, one at a time, none after {@link #close}. A listener that
   *     blocks holds up all polls
   */
  public ConfigSource(Path path, Function<ConfigState, CompletableFuture<Void>> listener) {
    this(path, listener, System::nanoTime);
  }

  ConfigSource(
      Path path, Function<ConfigState, CompletableFuture<Void>> listener, LongSupplier nanoTime) {
    this.watch = new ConfigWatch(new ConfigFiles(path));
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /**
   * Loads the files, hands the specs over, and then polls the files.
   *
   * @throws ConfigException when any file is broken: a partly loaded configuration would hide the
   *     missing fanouts
   */
  public void start() throws ConfigException {
    if (thread != null) {
      throw new IllegalStateException("started already");
    }
    load();
    thread = Threads.scheduler("pushfanout-config");
    Future<?> _ =
        new RepeatedTask("a look at the files of --config", this::look)
            .start(thread, INTERVAL, INTERVAL);
  }

  void load() throws ConfigException {
    ConfigState loaded = watch.load(nanoTime.getAsLong());
    if (!loaded.problems().isEmpty()) {
      throw new ConfigException(loaded.problems());
    }
    state = loaded;
    news.addAll(watch.takeNews());
    handOver(loaded);
    logWhenInForce();
  }

  /** Polls the files once. */
  void look() {
    ConfigState seen = watch.look(nanoTime.getAsLong());
    state = seen;
    news.addAll(watch.takeNews());
    if (!seen.specs().equals(handedOver)) {
      handOver(seen);
    }
    logWhenInForce();
  }

  /** Hands the specs over. If the listener throws, the next poll hands the specs over again. */
  private void handOver(ConfigState now) {
    inForce = listener.apply(now);
    handedOver = now.specs();
  }

  /**
   * Logs the changes in order, on the thread that applies them. A change that is never in force is
   * not logged.
   */
  private void logWhenInForce() {
    if (news.isEmpty()) {
      return;
    }
    List<String> lines = List.copyOf(news);
    news.clear();
    CompletableFuture<Void> applied = inForce;
    logged =
        logged
            .thenCompose(_ -> applied)
            .thenRun(() -> lines.forEach(line -> log.info("config: {}", line)))
            .exceptionally(_ -> null);
  }

  /** Returns the result of the last poll, for metrics and the status. Any thread may call it. */
  public ConfigState state() {
    return state;
  }

  /** Stops polling. Further calls, and calls without a start, have no effect. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
        log.warn("config: the last look at the files takes long; not waiting for it");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
