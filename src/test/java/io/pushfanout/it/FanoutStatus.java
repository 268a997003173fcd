package io.pushfanout.it;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** A fanout in {@code /api/v1/status}. */
record FanoutStatus(
    String name,
    long generation,
    JsonObject settings,
    List<Problem> problems,
    List<NodeStatus> nodes) {

  record Problem(String node, String reason, String message) {
    /** Returns the problems of a fanout or of the process. */
    static List<Problem> all(JsonObject of) {
      return of.getJsonArray("problems").stream().map(p -> Problem.of((JsonObject) p)).toList();
    }

    private static Problem of(JsonObject json) {
      return new Problem(
          json.getString("node"), json.getString("reason"), json.getString("message"));
    }
  }

  static FanoutStatus of(JsonObject json) {
    return new FanoutStatus(
        json.getString("name"),
        json.getLong("generation"),
        json.getJsonObject("settings"),
        Problem.all(json),
        json.getJsonArray("nodes").stream().map(n -> NodeStatus.of((JsonObject) n)).toList());
  }

  /** Returns the node, or empty while this fanout does not have it. */
  Optional<NodeStatus> node(String address) {
    return nodes.stream().filter(node -> node.address().equals(address)).findFirst();
  }

  /** Returns the problems of this reason. */
  List<Problem> problems(String reason) {
    return problems.stream().filter(problem -> problem.reason().equals(reason)).toList();
  }
}
