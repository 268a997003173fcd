package io.pushfanout.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A problem of a fanout or of the process.
 *
 * @param node {@code host:port}, or the registration's key if it has no address, or empty if the
 *     problem is not about a single node
 * @param message one sentence for users
 */
public record Problem(String node, ProblemReason reason, String message) {

  /** Returns the first problem that has one of the reasons. */
  public static Optional<Problem> first(List<Problem> problems, ProblemReason... reasons) {
    Set<ProblemReason> wanted = Set.of(reasons);
    return problems.stream().filter(problem -> wanted.contains(problem.reason())).findFirst();
  }
}
