package io.pushfanout.app;

import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.page.PageData.Replica;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.KubernetesOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** A source of specs: resources of a cluster, files, or the command line. */
interface SpecSource extends AutoCloseable {
  /**
   * A consumer of all specs of the source, called on any thread; its future completes when they are
   * in force.
   */
  interface Taker extends Function<List<FanoutSpec>, CompletableFuture<Void>> {}

  /**
   * Hands the specs over, now and after each change.
   *
   * @throws Exception if the specs can be read and are invalid
   */
  void start() throws Exception;

  /**
   * Returns why the specs are not in force yet, in one line; empty once they were. Any thread may
   * call this.
   */
  default Optional<String> whyNotInForce() {
    return Optional.empty();
  }

  /** Puts the saved specs in force if the source has not answered in time. Called at intervals. */
  default void fallBack() {}

  /**
   * Returns the problem of the source in one line; empty if there is none. Any thread may call
   * this.
   */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /**
   * Returns the origin of a fanout's settings in a few words, such as a file and line. Any thread
   * may call this.
   */
  String origin(FanoutName fanout);

  /**
   * Returns the reports of all replicas on a fanout; empty if only a cluster could have them. Any
   * thread may call this.
   */
  default List<Replica> replicas(FanoutName fanout) {
    return List.of();
  }

  /** Stops the reports of the source; the server calls this before it closes its queues. */
  default void leave() {}

  @Override
  void close();

  /**
   * Returns the source that the options name.
   *
   * @param checkpoint holds the resources of a cluster, and those of an earlier process
   * @param snapshots the running fanouts, for the status of resources
   */
  static SpecSource of(
      SourceOptions options,
      Checkpointed<List<FanoutSpec>> checkpoint,
      Taker taker,
      Supplier<List<FanoutSnapshot>> snapshots,
      ReloadStatus reloads,
      Metrics metrics) {
    KubernetesOptions cluster = options.kubernetes();
    Path config = options.config();
    if (cluster != null) {
      return new ResourceSource(cluster, checkpoint, taker, snapshots, metrics);
    }
    return config == null
        ? new OptionSource(options.spec(), taker)
        : new FileSource(config, taker, reloads, metrics);
  }
}
