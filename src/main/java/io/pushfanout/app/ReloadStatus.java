package io.pushfanout.app;

import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The reloaded files, and their problems: if a new version is invalid, the last good one stays in
 * force. Any thread may call its methods.
 */
final class ReloadStatus {
  private record Reloading(String name, ProblemReason reason, Supplier<List<String>> problems) {}

  /** Largest number of problems in the status for each use of files; the log has all. */
  private static final int PROBLEMS_MAX = 10;

  private final List<Reloading> reloading = new CopyOnWriteArrayList<>();

  /**
   * Adds files to report.
   *
   * @param name the use of the files, the same in each process
   * @param problems returns one line for each problem, which names the file
   */
  void add(String name, ProblemReason reason, Supplier<List<String>> problems) {
    reloading.add(new Reloading(name, reason, problems));
  }

  /** Returns the problems for the status. */
  List<Problem> problems() {
    return reloading.stream()
        .flatMap(
            files ->
                files.problems().get().stream()
                    .limit(PROBLEMS_MAX)
                    .map(problem -> new Problem("", files.reason(), problem)))
        .toList();
  }

  /** Returns for each use of files whether the newest version is in force. */
  Map<String, Boolean> successful() {
    Map<String, Boolean> byName = new TreeMap<>();
    reloading.forEach(files -> byName.put(files.name(), files.problems().get().isEmpty()));
    return byName;
  }
}
