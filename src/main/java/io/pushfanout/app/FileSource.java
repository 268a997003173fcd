package io.pushfanout.app;

import io.pushfanout.config.ConfigSource;
import io.pushfanout.management.ConfigSeries;
import io.pushfanout.management.Metrics;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.ProblemReason;
import java.nio.file.Path;
import java.util.Optional;

/** The spec source for {@code --config}: loads the files and reports each load. */
final class FileSource implements SpecSource {
  private final FirstSpecs first = new FirstSpecs("the files");
  private final ConfigSource files;
  private final ReloadStatus reloads;
  private final Metrics metrics;

  FileSource(Path config, Taker taker, ReloadStatus reloads, Metrics metrics) {
    this.files = new ConfigSource(config, state -> first.handedOver(taker.apply(state.specs())));
    this.reloads = reloads;
    this.metrics = metrics;
  }

  @Override
  public void start() throws Exception {
    files.start();
    first.await();
    reloads.add("config", ProblemReason.CONFIG_NOT_RELOADED, () -> files.state().problems());
    metrics.register(
        new ConfigSeries(
            () -> files.state().generation(), () -> files.state().lastReloadSuccessful()));
  }

  @Override
  public Optional<String> whyNotInForce() {
    return first.whyNotInForce();
  }

  @Override
  public String origin(FanoutName fanout) {
    return files.state().places().getOrDefault(fanout, "a file that is gone");
  }

  @Override
  public void close() {
    files.close();
  }
}
