package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.util.List;

/**
 * What the files say at one moment.
 *
 * @param specs that are to be in force, in the order of their names; the generation of each is the
 *     number of good loads in which it changed
 * @param generation the number of good loads
 * @param lastReloadSuccessful false while a file is broken or gone, and its last good version in
 *     force
 * @param problems each {@code file:line: field: message}
 */
public record ConfigState(
    List<FanoutSpec> specs, long generation, boolean lastReloadSuccessful, List<String> problems) {

  static final ConfigState NONE = new ConfigState(List.of(), 0, false, List.of());

  public ConfigState {
    specs = List.copyOf(specs);
    problems = List.copyOf(problems);
  }
}
