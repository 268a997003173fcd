package io.pushfanout.management;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.TransportMode;
import java.util.stream.Stream;

/** The series of nodes, gathered during one scrape. */
final class NodeSeries {
  private static final String PREFIX = "pushfanout_node_";

  private final LedgerCounters messages = new LedgerCounters(PREFIX);
  private final GaugeFamily queued = gauge("queue_messages", "Messages in the node's queue");
  private final GaugeFamily queuedBytes = gauge("queue_bytes", "Their encoded bytes");
  private final GaugeFamily capacity =
      gauge("queue_capacity", "Messages that the node's queue holds at most");
  private final GaugeFamily workers = gauge("workers", "Concurrent deliveries to the node at most");
  private final GaugeFamily inFlight =
      gauge("in_flight", "Messages that hold a worker, those in retry backoff included");
  private final GaugeFamily connected = gauge("connected", "Whether deliveries can start: 1 or 0");

  private final GaugeFamily streaming =
      gauge("streaming", "Whether the node gets its messages by streams: 1 or 0");

  private final GaugeFamily rooms = gauge("rooms", "Rooms that the node has listed");

  private static GaugeFamily gauge(String name, String help) {
    return new GaugeFamily(PREFIX + name, help);
  }

  void add(String fanout, NodeSnapshot node) {
    Labels labels = Labels.of("fanout", fanout, "node", node.address().toString());
    NodeLedger ledger = node.ledger();
    messages.add(labels, ledger);
    queued.add(labels, ledger.queued());
    queuedBytes.add(labels, ledger.queuedBytes());
    capacity.add(labels, node.settings().queueSize());
    workers.add(labels, node.settings().workers());
    inFlight.add(labels, ledger.inFlight());
    connected.add(labels, node.connected() ? 1 : 0);
    rooms.add(labels, node.rooms());
    streaming.add(labels, node.mode() == TransportMode.STREAMING ? 1 : 0);
  }

  Stream<MetricSnapshot> snapshots() {
    return Stream.concat(
        messages.snapshots(),
        Stream.of(queued, queuedBytes, capacity, workers, inFlight, connected, streaming, rooms)
            .map(GaugeFamily::snapshot));
  }
}
