package io.pushfanout.config;

import io.pushfanout.model.FanoutName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An index of resource names for files that are read in order; the first file keeps a name. */
final class NameClaims {
  private final Map<FanoutName, String> places = new HashMap<>();

  /** Returns the names that an earlier file has claimed; empty if there is no conflict. */
  List<FileProblem> conflicts(List<FoundFanout> fanouts) {
    return fanouts.stream()
        .filter(fanout -> places.containsKey(fanout.spec().name()))
        .map(
            fanout ->
                new FileProblem(
                    fanout.line(),
                    Metadata.NAME_FIELD,
                    "%s is there twice: it is in %s"
                        .formatted(fanout.spec().name(), places.get(fanout.spec().name()))))
        .toList();
  }

  /** Claims the names for a file; returns the fanouts whose names no file had claimed before. */
  List<FoundFanout> claim(Path file, List<FoundFanout> fanouts) {
    return fanouts.stream()
        .filter(
            fanout -> places.putIfAbsent(fanout.spec().name(), file + ":" + fanout.line()) == null)
        .toList();
  }

  /** Returns the file and line of each claimed name. */
  Map<FanoutName, String> places() {
    return Map.copyOf(places);
  }
}
