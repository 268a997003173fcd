package io.pushfanout.it;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Everything that a connect-node has seen.
 *
 * @param answered messages, of calls or streams, that it answered with OK
 * @param open those that it has not answered yet
 * @param mostConcurrent the most that were open at a time
 * @param streams of deliveries that brought anything
 * @param firstAt the moment of the first arrival; of no meaning before it
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
   * @param deadlineMs how long the caller was going to wait when the call arrived; -1 is for ever
   * @param ended how the caller gave up, "cancelled" or "deadline"; empty when it did not
   * @param endedMs when it did, after the arrival
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
