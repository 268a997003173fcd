package io.pushfanout.app;

import io.pushfanout.node.NodeOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A reference connect-node. */
@Command(
    name = "node",
    description = "Runs a reference connect-node: broadcasts in, WebSockets out.",
    sortOptions = false)
final class NodeCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Where the fan-out server delivers; 0 picks a free one (default: 50052).")
  private Port grpcPort = new Port(50052);

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "WebSockets at /ws, a page at /; 0 picks a free one (default: 8081).")
  private Port httpPort = new Port(8081);

  @Mixin private BindOption bind = new BindOption();

  NodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    return Foreground.run(new NodeService(options()), console.err());
  }

  NodeOptions options() {
    Port.requireApart(grpcPort, httpPort);
    return new NodeOptions(bind.host().name(), grpcPort.number(), httpPort.number());
  }
}
