package io.pushfanout.app;

import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tracing.TracingOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The first log line of a process: its version, its settings by option name, and its machine. The
 * line holds names of files and no secrets.
 */
final class StartLine {
  private final Map<String, Object> values = new LinkedHashMap<>();

  private StartLine() {}

  static String of(ServeOptions options) {
    StartLine line = new StartLine();
    SourceOptions source = options.source();
    Limits limits = options.callers().limits();
    line.put("replica-name", options.replicaName());
    line.put("bind", options.callers().bind());
    line.put("source", source(source));
    line.put("lease-name", source.kubernetes() == null ? null : source.kubernetes().leaseName());
    line.put("etcd-endpoints", mayUseEtcd(source) ? endpoints(options.etcd()) : null);
    line.put("auth", auth(options.authMode()));
    line.put("default-target", target(options.defaultTarget()));
    line.put("tls", options.tls() != null);
    PemFiles tls = options.tls() == null ? null : options.tls().files();
    line.put("tls-client-ca", tls == null ? null : tls.ca());
    line.put("tls-client-crl", tls == null ? null : tls.crl());
    line.put("http-tls", options.httpTls());
    line.put("tls-profiles", new TreeSet<>(options.tlsProfiles().keySet()));
    line.put("max-message-size", QuantityFormat.format(limits.maxMessageSize()));
    line.put("max-connection-age", DurationFormat.format(limits.maxConnectionAge()));
    line.put("max-connections", limits.maxConnections());
    line.put("max-calls", limits.maxCalls());
    line.put("max-caller-rate", limits.maxCallerRate());
    line.put("dedupe-window", DurationFormat.format(limits.dedupeWindow()));
    line.put("memory-budget", QuantityFormat.format(limits.memoryBudget()));
    line.put("max-rooms-per-node", limits.maxRoomsPerNode());
    line.put("state-dir", options.stateDir());
    line.put("audit-log", options.auditLog());
    line.put("otlp-endpoint", collector(options.tracing()));
    line.put("shutdown-delay", DurationFormat.format(options.shutdownDelay()));
    line.put("shutdown-timeout", DurationFormat.format(options.shutdownTimeout()));
    return line.text("serve");
  }

  static String of(NodeOptions options, NodeService.@Nullable Registering registering) {
    StartLine line = new StartLine();
    line.put("bind", options.bind());
    line.put("max-sockets", options.maxSockets());
    line.put("dedupe-window", DurationFormat.format(options.dedupeWindow()));
    if (registering != null) {
      line.put("etcd-endpoints", endpoints(registering.etcd()));
      line.put("service", registering.service());
      line.put("lease-ttl", DurationFormat.format(registering.leaseTtl()));
    }
    return line.text("node");
  }

  private void put(String name, @Nullable Object value) {
    values.put(name, value == null ? "none" : value);
  }

  private String text(String command) {
    Runtime machine = Runtime.getRuntime();
    put("java", Runtime.version());
    put("processors", machine.availableProcessors());
    put("heap", QuantityFormat.format(machine.maxMemory()));
    return values.entrySet().stream()
        .map(value -> value.getKey() + "=" + value.getValue())
        .collect(
            Collectors.joining(" ", "pushfanout " + Version.current() + " " + command + ": ", ""));
  }

  private static String source(SourceOptions source) {
    if (source.kubernetes() != null) {
      return "kubernetes " + source.kubernetes().scope();
    }
    if (source.config() != null) {
      return "config " + source.config();
    }
    return switch (source.spec().discovery()) {
      case Discovery.Static(Set<NodeAddress> nodes) -> nodes.size() + " nodes";
      case Discovery.Etcd _ -> "etcd";
      case Discovery.Watched watched -> watched.source();
    };
  }

  private static boolean mayUseEtcd(SourceOptions source) {
    return source.kubernetes() != null
        || source.config() != null
        || source.spec().discovery() instanceof Discovery.Etcd;
  }

  private static String endpoints(EtcdOptions etcd) {
    return etcd.endpoints().stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /** Returns host and port alone: the URL may have a password. */
  private static @Nullable String collector(TracingOptions tracing) {
    if (!tracing.isOn()) {
      return null;
    }
    String url = tracing.endpoint();
    return url == null ? "environment" : url.replaceFirst("^[a-z]+://(?:[^/]*@)?([^/]*).*", "$1");
  }

  private static String auth(AuthMode mode) {
    return switch (mode) {
      case AuthMode.None _ -> "none";
      case AuthMode.Kubernetes(var audiences) ->
          audiences.isEmpty() ? "kubernetes" : "kubernetes " + String.join(",", audiences);
      case AuthMode.Tokens tokens -> "tokens " + tokens.file();
      case AuthMode.Mtls _ -> "mtls";
    };
  }

  private static String target(BroadcastRequest.@Nullable Target target) {
    return switch (target) {
      case null -> "none";
      case BroadcastRequest.Target.Unnamed() -> "none";
      case BroadcastRequest.Target.All() -> "all";
      case BroadcastRequest.Target.Named(var fanout) -> fanout.toString();
    };
  }
}
