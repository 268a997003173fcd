package io.pushfanout.it;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node in {@code /api/v1/status}. */
record NodeStatus(
    String address,
    String state,
    long queued,
    long inFlight,
    long enqueued,
    long delivered,
    long failed,
    long expired,
    Map<String, Long> dropped) {
  private static final List<String> AFTER_ENQUEUE =
      List.of("evicted", "retired", "shed", "shutdown");

  /** Reasons of dropped messages in the contract. */
  static final List<String> REASONS =
      List.of("queue_full", "too_large", "evicted", "retired", "shed", "shutdown");

  static NodeStatus of(JsonObject json) {
    Map<String, Long> dropped = new TreeMap<>();
    JsonObject byReason = json.getJsonObject("dropped");
    byReason.fieldNames().forEach(reason -> dropped.put(reason, byReason.getLong(reason)));
    return new NodeStatus(
        json.getString("address"),
        json.getString("state"),
        json.getLong("queued"),
        json.getLong("inFlight"),
        json.getLong("enqueued"),
        json.getLong("delivered"),
        json.getLong("failed"),
        json.getLong("expired"),
        dropped);
  }

  /**
   * Returns whether the node still belongs to the fanout; a retiring node only drains its queue.
   */
  boolean isMember() {
    return !state.equals("retiring");
  }

  boolean isConnected() {
    return state.equals("connected") || state.equals("slow");
  }

  boolean isIdle() {
    return queued == 0 && inFlight == 0;
  }

  long dropped(String reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  private long droppedAfterEnqueue() {
    return AFTER_ENQUEUE.stream().mapToLong(this::dropped).sum();
  }

  /** Returns whether the ledger accounts for every enqueued message. */
  boolean balances() {
    return enqueued == delivered + failed + expired + droppedAfterEnqueue() + queued + inFlight;
  }
}
