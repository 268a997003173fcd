package io.pushfanout.cli;

import io.pushfanout.app.NodeService;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.options.Port;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs a reference connect-node. */
@Command(
    name = "node",
    description = {
      "Runs a reference connect-node: broadcasts in, WebSockets out.",
      "It registers in etcd where --etcd-endpoints is given, and nowhere else."
    },
    footer = {
      "",
      "Examples:",
      "  pushfanout node                                          for serve --node 127.0.0.1:50052",
      "  pushfanout node --etcd-endpoints http://127.0.0.1:2379   for serve without --node"
    },
    sortOptions = false)
public final class NodeCommand implements Callable<Integer> {
  private static final String MAX_SOCKETS = "--max-sockets";
  private static final Duration DEDUPE_WINDOW_MIN = Duration.ofSeconds(1);
  private static final Duration DEDUPE_WINDOW_MAX = Duration.ofHours(24);

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

  @Mixin private AllowFlags allow = new AllowFlags();

  @Option(
      names = MAX_SOCKETS,
      paramLabel = "N",
      description =
          "Users at a time; more are refused with HTTP 503. Default and most: one for each 128 KiB"
              + " of the heap.")
  private int maxSockets = NodeOptions.mostSockets();

  @Option(
      names = "--dedupe-window",
      paramLabel = "DURATION",
      description =
          "Time for which messages with an id are remembered, so that a message that comes again, with"
              + " the same id and bytes, reaches the users once; 0s remembers none (default: 5m).")
  private Duration dedupeWindow = NodeOptions.DEFAULT_DEDUPE_WINDOW;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description =
          "Where the fan-out server reaches this node, as the registration has it (default: the gRPC"
              + " port's address).")
  private @Nullable NodeAddress advertise;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service to register as, with --etcd-endpoints (default: connect-node).")
  private @Nullable String service;

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      description = "How long the registration outlives a dead node, 2s to 1h (default: 10s).")
  private @Nullable Duration leaseTtl;

  @Mixin private ServerTlsFlags tls = new ServerTlsFlags();

  @Mixin private EtcdFlags etcd = new EtcdFlags();

  NodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    return ServiceRunner.run(new NodeService(options(), tls.tls(), registration()), console.err());
  }

  public NodeOptions options() {
    Port.requireApart(grpcPort, httpPort);
    int most = NodeOptions.mostSockets();
    if (maxSockets < 1 || maxSockets > most) {
      throw new UsageException(
          MAX_SOCKETS, "must be from 1 to %d, for which this heap has memory".formatted(most));
    }
    if (!dedupeWindow.isZero()
        && (dedupeWindow.compareTo(DEDUPE_WINDOW_MIN) < 0
            || dedupeWindow.compareTo(DEDUPE_WINDOW_MAX) > 0)) {
      throw new UsageException("--dedupe-window", "must be 0s (off) or from 1s to 24h");
    }
    return new NodeOptions(
        bind.host().name(),
        grpcPort.number(),
        httpPort.number(),
        allow.names(),
        maxSockets,
        dedupeWindow);
  }

  /**
   * Returns the registration options of the node; null if no etcd is named.
   *
   * @throws UsageException with the flag of an invalid value
   */
  public NodeService.@Nullable Registering registration() {
    Duration ttl = EtcdFlags.leaseTtl(leaseTtl);
    EtcdOptions where = etcd.given() ? etcd.options() : etcd.none();
    if (where != null && advertise == null && EtcdFlags.isWildcard(bind.host().name())) {
      throw new UsageException(
          "--advertise", "is needed, because --bind is every address and no name for this node");
    }
    String name = EtcdFlags.service(service);
    if (where == null) {
      EtcdFlags.refuseAlone("--advertise", advertise);
      EtcdFlags.refuseAlone("--service", service);
      EtcdFlags.refuseAlone("--lease-ttl", leaseTtl);
      return null;
    }
    return new NodeService.Registering(where, name, advertise, ttl);
  }
}
