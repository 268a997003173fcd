package io.pushfanout.config;

import java.util.List;

/**
 * What a file's bytes say: either its resources, or what is wrong with it. A file is taken whole.
 *
 * @param fanouts in their order; empty where there are problems, or where the file is empty
 */
record Reading(List<FoundFanout> fanouts, List<FileProblem> problems) {
  static final Reading EMPTY = new Reading(List.of(), List.of());

  Reading {
    problems = List.copyOf(problems);
    fanouts = problems.isEmpty() ? List.copyOf(fanouts) : List.of();
  }

  static Reading refused(FileProblem problem) {
    return new Reading(List.of(), List.of(problem));
  }

  boolean isGood() {
    return problems.isEmpty();
  }

  /** Whether there is nothing in the file, or nothing but comments. */
  boolean isEmpty() {
    return isGood() && fanouts.isEmpty();
  }
}
