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
 * PushFanouts from a file, or from the {@code *.yaml} and {@code *.yml} files of a directory; a
 * change is handed over within two seconds.
 *
 * <p>Each file is taken whole, or its last good version stays. Of two files with one name for a
 * resource, the one whose own name comes later is the broken one. A directory's file that is gone
 * for two seconds takes its fanouts with it; a single file that is gone, or a directory, is a
 * problem and takes nothing.
 *
 * <p>{@link #start} and {@link #close} are for the one thread that starts and stops the program.
 */
public final class ConfigSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigSource.class);

  /** A change is seen after one of these and taken after another. */
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ConfigWatch watch;
  private final Function<ConfigState, CompletableFuture<Void>> listener;
  private final LongSupplier nanoTime;
  private volatile ConfigState state = ConfigState.NONE;

  /** What the listener has taken; null before the first. */
  private @Nullable List<FanoutSpec> handedOver;

  /** Completed when that is in force. */
  private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);

  /** What changed since the last hand-over that the listener took. */
  private final List<String> news = new ArrayList<>();

  /** Completed when all that changed before is logged, or will not be. */
  private CompletableFuture<Void> logged = CompletableFuture.completedFuture(null);

  private @Nullable ScheduledExecutorService thread;

  /**
   * @param path a file or a directory; what it is when this is made, it has to stay
   * @param listener gets the state whenever the specs have changed, and returns when they are in
   *     force: the first within {@link #start} and on its thread, each later one on this source's
   *     own, one at a time, none after {@link #close}. While it blocks nothing is looked at
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
   * Loads the files, hands the specs over, and watches from then on.
   *
   * @throws ConfigException when any file is broken: who starts with half of a configuration does
   *     not know what is missing
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

  /** Looks once. */
  void look() {
    ConfigState seen = watch.look(nanoTime.getAsLong());
    state = seen;
    news.addAll(watch.takeNews());
    if (!seen.specs().equals(handedOver)) {
      handOver(seen);
    }
    logWhenInForce();
  }

  /** What the listener fails to take is handed over again at the next look. */
  private void handOver(ConfigState now) {
    inForce = listener.apply(now);
    handedOver = now.specs();
  }

  /** In order, on the thread that puts it in force. What never is, is in no line. */
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

  /** What the last look found; for metrics and the status, on any thread. */
  public ConfigState state() {
    return state;
  }

  /** Watches no longer. May be called more than once, and without a start. */
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
