package io.pushfanout.app;

import io.pushfanout.checkpoint.CheckpointFiles;
import io.pushfanout.checkpoint.CheckpointWriter;
import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.checkpoint.Checkpointed.Origin;
import io.pushfanout.checkpoint.SavedState;
import io.pushfanout.checkpoint.StateDirectory;
import io.pushfanout.config.ResourceText;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.options.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state directory, if there is one: loads the state of an earlier process, and saves the state
 * of this one.
 */
public final class Checkpoints implements AutoCloseable {
  public static final String FLAG = "--state-dir";

  private final @Nullable CheckpointFiles files;
  private final SavedState atStart;
  private final Checkpointed<List<FanoutSpec>> specs;
  private volatile @Nullable CheckpointWriter saver;

  private Checkpoints(@Nullable CheckpointFiles files, Clock clock) {
    this.files = files;
    this.atStart = files == null ? SavedState.NOTHING : files.load();
    this.specs = new Checkpointed<>(atStart.resources(), System::nanoTime, clock);
  }

  /**
   * Opens the directory and loads its state.
   *
   * @param path the state directory; null: no state is saved
   * @param scope the watched namespaces and selector; empty: the specs are not resources of a
   *     cluster
   * @throws UsageException if no state can be saved there
   */
  static Checkpoints open(@Nullable Path path, String scope, Clock clock) {
    if (path == null) {
      return new Checkpoints(null, clock);
    }
    try {
      return new Checkpoints(
          new CheckpointFiles(StateDirectory.open(path), scope, ResourceText::read), clock);
    } catch (IOException e) {
      throw new UsageException(FLAG, path.toString(), String.valueOf(e.getMessage()));
    }
  }

  /** Returns the state that the start found. */
  SavedState atStart() {
    return atStart;
  }

  /** Returns the specs of a cluster's resources, which the source restores or replaces. */
  Checkpointed<List<FanoutSpec>> specs() {
    return specs;
  }

  /** Saves the last good specs and nodes from now on. */
  void keep(SpecSource source, Registry nodes) {
    if (files != null) {
      CheckpointWriter started =
          new CheckpointWriter(files, () -> present(source, nodes), System::nanoTime);
      saver = started;
      started.start();
    }
  }

  private CheckpointWriter.Present present(SpecSource source, Registry nodes) {
    boolean answered = source.whyNotInForce().isEmpty() && specs.origin() != Origin.RESTORED;
    Set<String> wanted = nodes.wanted();
    return new CheckpointWriter.Present(
        new SavedState(specs.live().orElse(null), nodes.lastGood()), answered ? wanted : null);
  }

  /** Returns the problem for the status if state cannot be saved. */
  List<Problem> problems() {
    return Optional.ofNullable(saver).flatMap(CheckpointWriter::problem).stream()
        .map(
            why ->
                new Problem("", ProblemReason.STATE_NOT_SAVED, FLAG + " cannot be written: " + why))
        .toList();
  }

  @Override
  public void close() {
    CheckpointWriter started = saver;
    if (started != null) {
      started.close();
    }
  }
}
