package io.pushfanout.app;

import io.pushfanout.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The note of a ready server: saved state in force, and sources that give no updates. Any thread
 * may call its methods.
 */
record ReadyNote(CheckpointStatus saved, Sources sources, Registry registry, ReloadStatus reloads)
    implements Supplier<String> {
  /** Largest number of parts in the line; the status has all. */
  private static final int NAMED = 5;

  /** Returns the note in one line; empty if there is nothing to report. */
  @Override
  public String get() {
    List<String> parts = new ArrayList<>();
    if (!saved.line().isEmpty()) {
      parts.add(saved.line());
    }
    sources.specsProblem().ifPresent(why -> parts.add("API server, " + why));
    registry
        .unanswered()
        .forEach(
            (source, why) ->
                parts.add(
                    "%s has given no nodes of %s: %s"
                        .formatted(registry.registryOf(source), source, why)));
    registry
        .degraded()
        .forEach(
            (source, why) ->
                parts.add(
                    "%s gives no news of %s: %s"
                        .formatted(registry.registryOf(source), source, why)));
    reloads.problems().stream().map(Problem::message).forEach(parts::add);
    String first = parts.stream().limit(NAMED).collect(Collectors.joining("; "));
    return parts.size() <= NAMED ? first : "%s; and %d more".formatted(first, parts.size() - NAMED);
  }
}
