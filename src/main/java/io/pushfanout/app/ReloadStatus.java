package io.pushfanout.app;

import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The files that are followed, and those of which the last good one is in force because the newest
 * is not. Any thread may call it.
 */
final class ReloadStatus {
  private record Followed(String name, ProblemReason reason, Supplier<List<String>> problems) {}

  /** Of files for one use; the log has all. */
  private static final int PROBLEMS_MAX = 10;

  private final List<Followed> followed = new CopyOnWriteArrayList<>();

  /**
   * @param name what they are for, the same in each process
   * @param problems what is wrong with them, a line each that names the file
   */
  void follow(String name, ProblemReason reason, Supplier<List<String>> problems) {
    followed.add(new Followed(name, reason, problems));
  }

  /** For the status. */
  List<Problem> problems() {
    return followed.stream()
        .flatMap(
            files ->
                files.problems().get().stream()
                    .limit(PROBLEMS_MAX)
                    .map(problem -> new Problem("", files.reason(), problem)))
        .toList();
  }

  /** Of each whether what is in force is what the files hold. */
  Map<String, Boolean> successful() {
    Map<String, Boolean> byName = new TreeMap<>();
    followed.forEach(files -> byName.put(files.name(), files.problems().get().isEmpty()));
    return byName;
  }
}
