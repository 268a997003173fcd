package io.pushfanout.rawtcp;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.PushGrpcServer;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.ServerSecurity;
import io.pushfanout.tools.SomeLimits;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/**
 * A server with the callers' side and the engine of the real one, and {@link RawTcpConnection}
 * below them: the lower bound of the cost of streaming. Its arguments are the nodes, and the limit
 * of unanswered messages at each node.
 *
 * <p>The program prints one JSON line once it listens, and ends with its stdin.
 */
final class RawTcpServer {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_MESSAGE = 100 << 20;

  private RawTcpServer() {}

  /**
   * @param arguments {@code host:port,…} and a number
   */
  public static void main(String[] arguments) throws Exception {
    Set<NodeAddress> nodes =
        Arrays.stream(arguments[0].split(",", -1))
            .map(NodeAddress::parse)
            .collect(Collectors.toSet());
    FanoutSettings settings =
        FanoutSettings.DEFAULT.toBuilder()
            .workers(1)
            .deliveryMode(DeliveryMode.STREAM)
            .deliveryWindow(Integer.parseInt(arguments[1]))
            .build();
    Totals totals = new Totals();
    ScheduledExecutorService applier =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    try (EventLoops loops = new EventLoops()) {
      FanoutEngine engine =
          new FanoutEngine(
              (node, _, _, listener) -> new RawTcpConnection(node, loops, listener),
              totals,
              MemoryBudget.unlimited(),
              applier,
              System::nanoTime,
              null);
      engine.start();
      engine.apply(List.of(DesiredFanout.ofNodes(FanoutName.DEFAULT, settings, nodes))).get();
      PushGrpcServer callers =
          new PushGrpcServer(
              new ServerOptions("127.0.0.1", 0, SomeLimits.messageSize(MAX_MESSAGE)),
              loops.group(),
              loops.serverChannel(),
              engine.broadcaster(),
              totals,
              MemoryBudget.unlimited(),
              System::nanoTime,
              ServerSecurity.NONE);
      callers.start();
      callers.setReady(true);
      System.out.printf("{\"grpc\":\"127.0.0.1:%d\"}%n", callers.port());
      System.in.transferTo(OutputStream.nullOutputStream());
      engine.shutdown(CLOSE_TIMEOUT).get();
      callers.close(CLOSE_TIMEOUT);
    }
  }
}
