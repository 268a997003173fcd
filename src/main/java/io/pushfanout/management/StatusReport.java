package io.pushfanout.management;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.Problem;
import io.pushfanout.model.SettingField;
import io.pushfanout.queue.NodeLedger;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The JSON of {@code /api/v1/status}. Programs read it: keys are only ever added, and each is
 * always present, so that no client needs defaults.
 */
public final class StatusReport {
  private final String replica;
  private final BooleanSupplier ready;
  private final Supplier<List<Problem>> problems;
  private final Supplier<List<FanoutSnapshot>> fanouts;

  /**
   * @param problems problems of the process, which belong to no fanout
   * @param fanouts read again for each report, on a worker thread
   */
  public StatusReport(
      String replica,
      BooleanSupplier ready,
      Supplier<List<Problem>> problems,
      Supplier<List<FanoutSnapshot>> fanouts) {
    this.replica = replica;
    this.ready = ready;
    this.problems = problems;
    this.fanouts = fanouts;
  }

  public Answer answer() {
    return new Answer(200, "application/json", json().toBuffer());
  }

  private JsonObject json() {
    return new JsonObject()
        .put("ready", ready.getAsBoolean())
        .put("replica", replica)
        .put("problems", array(problems.get(), StatusReport::problem))
        .put("fanouts", array(fanouts.get(), StatusReport::fanout));
  }

  private static JsonObject fanout(FanoutSnapshot fanout) {
    return new JsonObject()
        .put("name", fanout.name().toString())
        .put("generation", fanout.generation())
        .put("settings", new JsonObject(SettingField.nested(fanout.settings(), _ -> true)))
        .put("problems", array(fanout.problems(), StatusReport::problem))
        .put("nodes", array(fanout.nodes(), StatusReport::node));
  }

  private static JsonObject problem(Problem problem) {
    return new JsonObject()
        .put("node", problem.node())
        .put("reason", problem.reason().label())
        .put("message", problem.message());
  }

  private static JsonObject node(NodeSnapshot node) {
    NodeLedger ledger = node.ledger();
    return new JsonObject()
        .put("address", node.address().toString())
        .put("state", node.state().label())
        .put("delivery", node.mode().label())
        .put("queued", ledger.queued())
        .put("queuedBytes", ledger.queuedBytes())
        .put("inFlight", ledger.inFlight())
        .put("workers", node.settings().workers())
        .put("enqueued", ledger.enqueued())
        .put("delivered", ledger.delivered())
        .put("failed", ledger.failedTotal())
        .put("expired", ledger.expired())
        .put("dropped", dropped(ledger));
  }

  private static JsonObject dropped(NodeLedger ledger) {
    JsonObject byReason = new JsonObject();
    for (DropReason reason : DropReason.values()) {
      byReason.put(reason.label(), ledger.dropped().getOrDefault(reason, 0L));
    }
    return byReason;
  }

  private static <T> JsonArray array(List<T> items, Function<T, JsonObject> toJson) {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(toJson.apply(item)));
    return array;
  }
}
