package io.pushfanout.app;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.Metrics;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.state.SavedResources;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the specs come from: resources of a cluster, files, or the command line. */
interface SpecSource extends AutoCloseable {
  /** Takes all specs there are, from any thread; completed when they are in force. */
  interface Taker extends Function<List<FanoutSpec>, CompletableFuture<Void>> {}

  /**
   * Hands the specs over, now and whenever they change.
   *
   * @throws Exception when they can be read and are wrong
   */
  void start() throws Exception;

  /** Why the specs are not in force yet, one line; empty once they were. From any thread. */
  default Optional<String> whyNotInForce() {
    return Optional.empty();
  }

  /** Puts what was saved in force where the source takes too long to answer. Asked now and then. */
  default void fallBack() {}

  /** As of when the saved specs in force are; empty where none are. From any thread. */
  default Optional<Instant> savedAsOf() {
    return Optional.empty();
  }

  /** What does not work with the source, one line; empty where all does. From any thread. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** What the source said last, to be saved; empty where that is not ours to keep. */
  default Optional<SavedResources> lastGood() {
    return Optional.empty();
  }

  /** The server is about to close its queues: nothing that follows is to be told of. */
  default void leave() {}

  @Override
  void close();

  /**
   * The one that the options name.
   *
   * @param saved what an earlier process had in force
   * @param snapshots what runs, for those who are told
   */
  static SpecSource of(
      SourceOptions options,
      @Nullable SavedResources saved,
      Taker taker,
      Supplier<List<FanoutSnapshot>> snapshots,
      ReloadStatus reloads,
      Metrics metrics) {
    KubernetesOptions cluster = options.kubernetes();
    Path config = options.config();
    if (cluster != null) {
      return new ResourceSource(cluster, saved, taker, snapshots, metrics);
    }
    return config == null
        ? new OptionSource(options.spec(), taker)
        : new FileSource(config, taker, reloads, metrics);
  }
}
