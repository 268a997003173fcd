package io.pushfanout.config;

import java.util.List;

/** A failure to load configuration files at start, with all problems of these files. */
public final class ConfigException extends Exception {
  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.getFirst()
            : "%s (and %d more)".formatted(problems.getFirst(), problems.size() - 1));
    this.problems = List.copyOf(problems);
  }

  /** Returns all problems, each {@code file:line: field: message}. */
  public List<String> problems() {
    return problems;
  }
}
