package io.pushfanout.config;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Set;

/**
 * What a file's bytes say: either its resources, or what is wrong with it. A file is taken whole.
 *
 * @param fanouts in their order; empty where there are problems, or where the file is empty
 * @param skipped kinds of the documents that are no PushFanouts, each once; empty where such a
 *     document is a problem
 */
record Reading(List<FoundFanout> fanouts, List<FileProblem> problems, Set<String> skipped) {
  static final Reading EMPTY = new Reading(List.of(), List.of(), Set.of());

  Reading {
    problems = List.copyOf(problems);
    fanouts = problems.isEmpty() ? List.copyOf(fanouts) : List.of();
    skipped = ImmutableSet.copyOf(skipped);
  }

  static Reading refused(FileProblem problem) {
    return new Reading(List.of(), List.of(problem), Set.of());
  }

  boolean isGood() {
    return problems.isEmpty();
  }

  /** Whether there is nothing in the file, or nothing but comments. */
  boolean isEmpty() {
    return isGood() && fanouts.isEmpty();
  }
}
