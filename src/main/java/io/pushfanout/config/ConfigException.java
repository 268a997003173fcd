package io.pushfanout.config;

import java.util.List;

/** Files that nothing can be started with. */
public final class ConfigException extends Exception {
  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.getFirst()
            : "%s (and %d more)".formatted(problems.getFirst(), problems.size() - 1));
    this.problems = List.copyOf(problems);
  }

  /** All of them, each {@code file:line: field: message}. */
  public List<String> problems() {
    return problems;
  }
}
