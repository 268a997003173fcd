package io.pushfanout.it;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.connect.NettyConnector;
import io.pushfanout.connect.TlsProfiles;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.PushGrpcServer;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.ServerSecurity;
import io.pushfanout.server.guard.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The server's engine and wire in this process, for tests that change the desired state at run
 * time.
 */
final class LiveManager implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final EventLoops loops = new EventLoops();
  private final ScheduledExecutorService applier = Executors.newSingleThreadScheduledExecutor();
  private final Totals totals = new Totals();
  private final FanoutEngine engine =
      new FanoutEngine(
          new NettyConnector(loops, TlsProfiles.NONE, 0),
          totals,
          MemoryBudget.unlimited(),
          new RoomIndex(1000),
          applier,
          System::nanoTime,
          null);
  private final PushGrpcServer server =
      new PushGrpcServer(
          new ServerOptions("127.0.0.1", 0, Limits.DEFAULT),
          loops.group(),
          loops.serverChannel(),
          engine.broadcaster(),
          totals,
          MemoryBudget.unlimited(),
          System::nanoTime,
          ServerSecurity.NONE);

  LiveManager() throws IOException {
    engine.start();
    server.start();
  }

  /** Applies one fanout of these nodes and settings; returns when it is in force. */
  void apply(Collection<String> addresses, UnaryOperator<SettingsBuilder> settings) {
    Set<NodeAddress> nodes = addresses.stream().map(NodeAddress::parse).collect(Collectors.toSet());
    engine
        .apply(
            List.of(
                DesiredFanout.ofNodes(
                    FanoutName.DEFAULT,
                    settings.apply(FanoutSettings.DEFAULT.toBuilder()).build(),
                    nodes)))
        .join();
  }

  String grpc() {
    return "127.0.0.1:" + server.port();
  }

  NodeSnapshot node(String address) {
    return engine.snapshot().stream()
        .flatMap(fanout -> fanout.nodes().stream())
        .filter(node -> node.address().toString().equals(address))
        .findFirst()
        .orElseThrow(() -> new AssertionError(address + " is no node"));
  }

  /** Returns whether messages to the node come back. */
  boolean loops(String address) {
    return node(address).troubles().stream()
        .anyMatch(trouble -> trouble.reason() == ProblemReason.LOOP);
  }

  /** Returns whether every queue is empty and nothing is in flight. */
  boolean isQuiet() {
    return engine.snapshot().stream()
        .flatMap(fanout -> fanout.nodes().stream())
        .allMatch(node -> node.ledger().queued() + node.ledger().inFlight() == 0);
  }

  FanoutTotals totals() {
    return totals.of(FanoutName.DEFAULT);
  }

  /** Returns the number of broadcasts that ended before they reached a fanout. */
  long refused(CallOutcome outcome) {
    return totals.noFanout().broadcasts(outcome);
  }

  @Override
  public void close() {
    engine.shutdown(CLOSE_TIMEOUT).join();
    server.close(CLOSE_TIMEOUT);
    applier.shutdownNow();
    loops.close();
  }
}
