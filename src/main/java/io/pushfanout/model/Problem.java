package io.pushfanout.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that is wrong with a fanout.
 *
 * @param node {@code host:port}, the registration's key where that is no address, or empty where it
 *     is about no single node
 * @param message one sentence, for people
 */
public record Problem(String node, ProblemReason reason, String message) {

  /** The first of these that has one of the reasons. */
  public static Optional<Problem> first(List<Problem> problems, ProblemReason... reasons) {
    Set<ProblemReason> wanted = Set.of(reasons);
    return problems.stream().filter(problem -> wanted.contains(problem.reason())).findFirst();
  }
}
