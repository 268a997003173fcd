package io.pushfanout.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong in one file. */
final class Problems {
  /** Nobody reads more at once, and a file can hold hundreds of thousands. */
  static final int MOST = 100;

  private final List<FileProblem> found = new ArrayList<>();

  void add(int line, String field, String message) {
    found.add(new FileProblem(line, field, message));
  }

  /** How many there are so far. */
  int count() {
    return found.size();
  }

  /** In the order of their lines; of very many only the first. */
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
