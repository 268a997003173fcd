package io.pushfanout.config;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import java.util.List;
import java.util.Map;

/**
 * A snapshot of the configuration files.
 *
 * @param specs fanouts to put in force, in the order of their names; the generation of each is the
 *     number of good loads in which the fanout changed
 * @param places the file and line of each fanout, as {@code file:line}
 * @param generation number of good loads
 * @param lastReloadSuccessful false while a file is broken or missing and its last good version is
 *     in force
 * @param problems lines {@code file:line: field: message}
 */
public record ConfigState(
    List<FanoutSpec> specs,
    Map<FanoutName, String> places,
    long generation,
    boolean lastReloadSuccessful,
    List<String> problems) {

  static final ConfigState NONE = new ConfigState(List.of(), Map.of(), 0, false, List.of());

  public ConfigState {
    specs = List.copyOf(specs);
    places = Map.copyOf(places);
    problems = List.copyOf(problems);
  }
}
