package io.pushfanout.management;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.json.Json;
import io.pushfanout.json.ServerStatus;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.Problem;
import io.pushfanout.model.SettingField;
import io.pushfanout.queue.NodeLedger;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The answer to {@code /api/v1/status}. */
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
    return new Answer(200, "application/json", Buffer.buffer(Json.bytes(status())));
  }

  /** Returns the present status. */
  ServerStatus status() {
    return new ServerStatus(
        ready.getAsBoolean(),
        replica,
        problems(problems.get()),
        fanouts.get().stream().map(StatusReport::fanout).toList());
  }

  private static ServerStatus.Fanout fanout(FanoutSnapshot fanout) {
    return new ServerStatus.Fanout(
        fanout.name().toString(),
        fanout.generation(),
        SettingField.nested(fanout.settings(), _ -> true),
        problems(fanout.problems()),
        fanout.nodes().stream().map(StatusReport::node).toList());
  }

  private static List<ServerStatus.Problem> problems(List<Problem> problems) {
    return problems.stream()
        .map(of -> new ServerStatus.Problem(of.node(), of.reason().label(), of.message()))
        .toList();
  }

  private static ServerStatus.Node node(NodeSnapshot node) {
    NodeLedger ledger = node.ledger();
    Map<String, Long> dropped = new LinkedHashMap<>();
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason.label(), ledger.dropped().getOrDefault(reason, 0L));
    }
    return new ServerStatus.Node(
        node.address().toString(),
        node.state().label(),
        node.mode().label(),
        node.inState().toSeconds(),
        node.settings().queueSize(),
        node.settings().queueBytes(),
        node.routing().label(),
        node.rooms(),
        ledger.queued(),
        ledger.queuedBytes(),
        ledger.inFlight(),
        node.settings().workers(),
        ledger.enqueued(),
        ledger.delivered(),
        ledger.failedTotal(),
        ledger.expired(),
        dropped);
  }
}
