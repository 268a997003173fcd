package io.pushfanout.cli;

import io.pushfanout.app.AuditPart;
import io.pushfanout.app.Checkpoints;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.app.Server;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.Port;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.tracing.TracingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs the fan-out server. */
@Command(
    name = "serve",
    description = {
      "Runs the fan-out server.",
      "Its PushFanouts come from one source: --kubernetes, --config or --node. With none of them one",
      "fanout serves the nodes that register in etcd."
    },
    footer = {
      "",
      "Examples:",
      "  pushfanout serve --node 10.0.0.1:50052,10.0.0.2:50052 --set workers=50",
      "  pushfanout serve --etcd-endpoints http://etcd:2379",
      "  pushfanout serve --config fanouts/ --bind 0.0.0.0 --auth tokens tokens.txt",
      "  pushfanout serve --kubernetes --bind 0.0.0.0 --auth kubernetes"
    },
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Where callers broadcast; 0 picks a free one (default: 50053).")
  private Port grpcPort = new Port(ServerOptions.DEFAULT_PORT);

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Health, metrics, status, and broadcasts as JSON; 0 picks a free one (default: 8080).")
  private Port httpPort = new Port(8080);

  @Mixin private BindOption bind = new BindOption();

  @Mixin private ServerTlsFlags tls = new ServerTlsFlags();

  @Option(
      names = "--http-tls",
      description =
          "The HTTP port speaks TLS too, with the same certificate. Clients need none, but with"
              + " --auth mtls to broadcast.")
  private boolean httpTls;

  @Option(
      names = AllowFlags.ALLOW_HOST,
      paramLabel = "HOST",
      split = ",",
      description =
          "A name by which metrics and status are served, besides IP addresses, names without"
              + " a dot, *.svc, *.cluster.local, *.internal, --bind and this machine's;"
              + " *.example.com is every name below it. Others get 421.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = AllowFlags.HTTP_ALLOW_ORIGIN,
      paramLabel = "ORIGIN",
      split = ",",
      description =
          "An origin whose pages may broadcast by the HTTP port (CORS): https://app.example.com,"
              + " https://*.example.com, * for all but null, or null (default: none).")
  private List<String> origins = new ArrayList<>();

  @Mixin private EtcdFlags etcd = new EtcdFlags();

  @Mixin private TlsProfileFlags tlsProfiles = new TlsProfileFlags();

  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "A connect-node to serve, instead of those in etcd; may be repeated.")
  private List<NodeAddress> nodes = new ArrayList<>();

  @Option(
      names = "--config",
      paramLabel = "FILE|DIR",
      description = "PushFanouts as YAML, reloaded on change; instead of --node and --set.")
  private @Nullable Path config;

  @Mixin private KubernetesFlags kubernetes = new KubernetesFlags();

  @Option(
      names = Checkpoints.FLAG,
      paramLabel = "DIR",
      description =
          "Keeps the resources and registrations that were served last, and serves them after a"
              + " start while etcd or the API server is away.")
  private @Nullable Path stateDir;

  @Option(
      names = AuditPart.FLAG,
      paramLabel = "FILE|-",
      description =
          "A file, or stdout, that gets a line of JSON for each broadcast and each refusal"
              + " (default: none).")
  private @Nullable Path auditLog;

  @Option(
      names = TracingOptions.FLAG,
      paramLabel = "URL",
      description =
          "A collector that gets traces by OTLP, such as http://collector:4318 (default:"
              + " $OTEL_EXPORTER_OTLP_ENDPOINT, else no traces).")
  private @Nullable String otlpEndpoint;

  @Option(
      names = SetFlags.FLAG,
      paramLabel = "FIELD=VALUE",
      split = ",",
      description = "Sets a field of the PushFanout spec, such as workers=50; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--default-target",
      paramLabel = "NAMESPACE/NAME|all",
      description = "The fanout of broadcasts that name no target, or all fanouts.")
  private BroadcastRequest.@Nullable Target defaultTarget;

  @Mixin private LimitFlags limits = new LimitFlags();

  @Mixin private AuthFlags auth = new AuthFlags();

  @Option(
      names = "--shutdown-delay",
      paramLabel = "DURATION",
      description = "How long to serve on after SIGTERM, not ready any more (default: 0s).")
  private Duration shutdownDelay = Duration.ZERO;

  @Option(
      names = "--shutdown-timeout",
      paramLabel = "DURATION",
      description = "How long all queues may then take to drain (default: 60s).")
  private Duration shutdownTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--replica-name",
      paramLabel = "NAME",
      description = "This process among its replicas (default: $POD_NAME, else host and pid).")
  private @Nullable String replicaName;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    return ServiceRunner.run(new Server(options()), console.err());
  }

  public ServeOptions options() {
    Port.requireApart(grpcPort, httpPort);
    String replica = ReplicaName.choose(replicaName, console.environment());
    AuthMode authMode = auth.mode(bind.host());
    if (authMode instanceof AuthMode.Kubernetes) {
      var _ = KubernetesFlags.access(console.environment());
    }
    return new ServeOptions(
        new ServerOptions(bind.host().name(), grpcPort.number(), limits.limits()),
        tls.tls(),
        httpTls,
        httpPort.number(),
        AllowFlags.hosts(hosts),
        AllowFlags.origins(origins),
        SourceFlags.of(
            nodes, assignments, config, kubernetes.options(replica, console.environment())),
        etcd.options(),
        tlsProfiles.profiles(),
        stateDir,
        auditLog,
        new TracingOptions(otlpEndpoint, console.environment()),
        defaultTarget,
        authMode,
        shutdownDelay,
        shutdownTimeout,
        replica);
  }
}
