package io.pushfanout.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A collector of the problems of one file. */
final class Problems {
  /** Problems reported at most: a file can contain hundreds of thousands. */
  static final int MOST = 100;

  private final List<FileProblem> found = new ArrayList<>();

  void add(int line, String field, String message) {
    found.add(new FileProblem(line, field, message));
  }

  /** Returns the number of problems so far. */
  int count() {
    return found.size();
  }

  /**
   * Returns the problems in the order of their lines: the first {@value #MOST}, then a count of the
   * others.
   */
  List<FileProblem> inOrder() {
    List<FileProblem> sorted =
        new ArrayList<>(found.stream().sorted(Comparator.comparingInt(FileProblem::line)).toList());
    if (sorted.size() <= MOST) {
      return sorted;
    }
    int line = sorted.get(MOST).line();
    int more = sorted.size() - MOST;
    List<FileProblem> first = new ArrayList<>(sorted.subList(0, MOST));
    first.add(new FileProblem(line, "file", "%d more problems from here on".formatted(more)));
    return first;
  }
}
