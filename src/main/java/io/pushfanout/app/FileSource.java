package io.pushfanout.app;

import io.pushfanout.config.ConfigSource;
import io.pushfanout.management.ConfigSeries;
import io.pushfanout.management.Metrics;
import io.pushfanout.model.ProblemReason;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/** Files, and what is told of their loading. */
final class FileSource implements SpecSource {
  private final AtomicReference<Future<?>> inForce =
      new AtomicReference<>(CompletableFuture.completedFuture(null));
  private final ConfigSource files;
  private final Reloads reloads;
  private final Metrics metrics;

  FileSource(Path config, Taker taker, Reloads reloads, Metrics metrics) {
    this.files = new ConfigSource(config, state -> inForce.set(taker.apply(state.specs())));
    this.reloads = reloads;
    this.metrics = metrics;
  }

  @Override
  public void start() throws Exception {
    files.start();
    inForce.get().get(); // Before anyone is told that it is ready.
    reloads.follow("config", ProblemReason.CONFIG_NOT_RELOADED, () -> files.state().problems());
    metrics.register(
        new ConfigSeries(
            () -> files.state().generation(), () -> files.state().lastReloadSuccessful()));
  }

  @Override
  public void close() {
    files.close();
  }
}
