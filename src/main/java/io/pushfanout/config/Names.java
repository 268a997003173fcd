package io.pushfanout.config;

import io.pushfanout.model.FanoutName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which file has which name, for files taken one after the other: the first to have it keeps it.
 */
final class Names {
  private final Map<FanoutName, String> places = new HashMap<>();

  /** What another file has already; empty when this file's names are all its own. */
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

  /** Those whose names no file had before, which are this file's from now on. */
  List<FoundFanout> claim(String file, List<FoundFanout> fanouts) {
    return fanouts.stream()
        .filter(
            fanout -> places.putIfAbsent(fanout.spec().name(), file + ":" + fanout.line()) == null)
        .toList();
  }
}
