package io.pushfanout.it;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A caller's record of one broadcast.
 *
 * @param sha256 of the request's bytes as sent, in hex
 * @param status of gRPC, such as {@code OK}
 * @param message of a status other than OK
 * @param retryMs the delay in google.rpc.RetryInfo; 0 without one
 * @param retried the messages of attempts that were UNAVAILABLE and repeated
 */
record Reply(
    int id,
    String sha256,
    String status,
    String message,
    long retryMs,
    String code,
    String msg,
    String desc,
    int nodes,
    int accepted,
    int dropped,
    Set<String> droppedNodes,
    int delivered,
    int failed,
    int pending,
    long latencyUs,
    List<String> retried) {

  static Reply of(JsonObject json) {
    return new Reply(
        json.getInteger("id"),
        json.getString("sha256"),
        json.getString("status"),
        json.getString("message", ""),
        json.getLong("retryMs", 0L),
        json.getString("code", ""),
        json.getString("msg", ""),
        json.getString("desc", ""),
        json.getInteger("nodes"),
        json.getInteger("accepted"),
        json.getInteger("dropped"),
        json.getJsonArray("droppedNodes", new JsonArray()).stream()
            .map(String.class::cast)
            .collect(Collectors.toSet()),
        json.getInteger("delivered"),
        json.getInteger("failed"),
        json.getInteger("pending"),
        json.getLong("latencyUs"),
        json.getJsonArray("retried", new JsonArray()).stream().map(String.class::cast).toList());
  }

  boolean isOk() {
    return status.equals("OK");
  }

  /**
   * Returns whether the caller cannot determine if the message was enqueued, because the call ended
   * first.
   */
  boolean isOpen() {
    return status.equals("CANCELLED") || status.equals("DEADLINE_EXCEEDED");
  }

  /** Returns the whole of an answer, for assertions: {@code PARTIAL 1/2}, or the status. */
  String outcome() {
    return isOk() ? "%s %d/%d".formatted(msg, accepted, nodes) : status;
  }
}
