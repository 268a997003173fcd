package io.pushfanout.config;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Set;

/**
 * The result of reading one file: either all its resources, or its problems.
 *
 * @param fanouts fanouts in file order; empty if there are problems, or if the file is empty
 * @param problems problems that reject the whole file
 * @param skipped kinds of the documents other than PushFanout, without duplicates; empty if such a
 *     document is a problem
 */
record ParseResult(List<FoundFanout> fanouts, List<FileProblem> problems, Set<String> skipped) {
  static final ParseResult EMPTY = new ParseResult(List.of(), List.of(), Set.of());

  ParseResult {
    problems = List.copyOf(problems);
    fanouts = problems.isEmpty() ? List.copyOf(fanouts) : List.of();
    skipped = ImmutableSet.copyOf(skipped);
  }

  static ParseResult refused(FileProblem problem) {
    return new ParseResult(List.of(), List.of(problem), Set.of());
  }

  boolean isGood() {
    return problems.isEmpty();
  }

  /** Returns whether the file has no resource and no problem. */
  boolean isEmpty() {
    return isGood() && fanouts.isEmpty();
  }
}
