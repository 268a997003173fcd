package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import io.pushfanout.reload.FilePoller;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
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

  private final ConfigLoader loader;
  private final Function<ConfigState, CompletableFuture<Void>> listener;
  private volatile ConfigState state = ConfigState.NONE;

  /** Specs that the listener has accepted; null before the first hand-over. */
  private @Nullable List<FanoutSpec> handedOver;

  /** A future that completes when {@link #handedOver} is in force. */
  private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);

  /** A future that completes when all earlier changes are logged, or never will be. */
  private CompletableFuture<Void> logged = CompletableFuture.completedFuture(null);

  private @Nullable Future<?> polling;
  private boolean closed;

  /**
   * @param path a file or a directory; the path must stay of the kind that it has now
   * @param listener gets the state whenever the specs have changed, and returns a future of their
   *     being in force. The first call is within {@link #start} and on its thread. Each later call
   *     is on the thread of all reloaded files, one at a time, none after {@link #close}. A
   *     listener that blocks holds up all polls
   */
  public ConfigSource(Path path, Function<ConfigState, CompletableFuture<Void>> listener) {
    this.loader = new ConfigLoader(new ConfigFiles(path));
    this.listener = listener;
  }

  /**
   * Loads the files, hands the specs over, and then polls the files.
   *
   * @throws ConfigException when any file is broken: a partly loaded configuration would hide the
   *     missing fanouts
   */
  public void start() throws ConfigException {
    if (polling != null) {
      throw new IllegalStateException("started already");
    }
    load();
    polling = FilePoller.start(this::poll);
  }

  void load() throws ConfigException {
    ConfigState loaded = loader.poll();
    if (!loaded.problems().isEmpty()) {
      throw new ConfigException(loaded.problems());
    }
    take(loaded);
  }

  /** Polls the files once. */
  void poll() {
    take(loader.poll());
  }

  /** Hands changed specs over. If the listener throws, the next poll hands them over again. */
  private synchronized void take(ConfigState now) {
    if (closed) {
      return;
    }
    state = now;
    if (!now.specs().equals(handedOver)) {
      inForce = listener.apply(now);
      handedOver = now.specs();
    }
    logWhenInForce();
  }

  /**
   * Logs the changes in order, on the thread that applies them. A change that is never in force is
   * not logged.
   */
  private void logWhenInForce() {
    List<String> lines = loader.takeNews();
    if (lines.isEmpty()) {
      return;
    }
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

  /** Stops polling. Further calls have no effect. */
  @Override
  public synchronized void close() {
    closed = true;
    if (polling != null) {
      polling.cancel(false);
    }
  }
}
