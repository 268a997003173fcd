package io.pushfanout.it;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The record of a connect-node on its messages.
 *
 * @param answered messages, of calls or streams, that the node answered with OK
 * @param open messages without an answer so far
 * @param mostConcurrent the maximum of open messages at a time
 * @param streams of deliveries that carried a message
 * @param firstAt the moment of the first arrival; undefined before it
 * @param ids of all messages in the order of their arrival
 * @param arrivals the messages, of nodes that record them
 */
record NodeRecord(
    int received,
    int answered,
    int open,
    int mostConcurrent,
    int streams,
    Instant firstAt,
    List<Integer> ids,
    List<Arrival> arrivals) {

  /**
   * One call.
   *
   * @param sha256 of the request's bytes, in hex
   * @param atMs the moment of the arrival, on the node's own clock
   * @param deadlineMs the caller's remaining time when the call arrived; -1 without a deadline
   * @param ended the caller's way to end the call early, "cancelled" or "deadline"; empty without
   *     one
   * @param endedMs the time from the arrival to that end
   */
  record Arrival(
      int id,
      String method,
      int size,
      String sha256,
      long atMs,
      long deadlineMs,
      String ended,
      long endedMs) {
    private static Arrival of(JsonObject json) {
      return new Arrival(
          json.getInteger("id"),
          json.getString("method"),
          json.getInteger("size"),
          json.getString("sha256"),
          json.getLong("atMs"),
          json.getLong("deadlineMs"),
          json.getString("ended", ""),
          json.getLong("endedMs", 0L));
    }
  }

  static NodeRecord of(JsonObject json) {
    return new NodeRecord(
        json.getInteger("received"),
        json.getInteger("answered"),
        json.getInteger("open"),
        json.getInteger("mostConcurrent"),
        json.getInteger("streams"),
        Instant.EPOCH.plus(json.getLong("firstUnixUs"), ChronoUnit.MICROS),
        json.getJsonArray("ids").stream().map(id -> ((Number) id).intValue()).toList(),
        json.getJsonArray("arrivals", new JsonArray()).stream()
            .map(call -> Arrival.of((JsonObject) call))
            .toList());
  }
}
