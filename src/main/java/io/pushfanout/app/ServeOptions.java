package io.pushfanout.app;

import io.pushfanout.access.AccessMode;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.tls.PemFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told at its start; bad values never get further than here.
 *
 * @param callers where they are heard, and what is taken from them; its host is that of all ports
 * @param tls the files that callers' port speaks TLS with; null: none
 * @param httpTls whether the HTTP port speaks TLS too, as the same server
 * @param httpPort from 0 to 65535, 0 picks a free one
 * @param nodes the connect-nodes, each once, in the order given; none: those that register in etcd
 * @param etcd where nodes register, when none are given
 * @param tlsProfiles what nodes may be spoken to by, by name
 * @param settings of the fanout of those nodes
 * @param discovery where those nodes register
 * @param config a file or directory of PushFanouts, instead of the one fanout that flags describe
 * @param kubernetes the PushFanout resources of a cluster, instead of both
 * @param stateDir keeps what was served last, for the next start; null: nothing is kept
 * @param defaultTarget the fanout of broadcasts that name none; null leaves it to the caller
 * @param access how it is decided who may broadcast
 * @param shutdownDelay from "not ready" to refusing broadcasts
 * @param shutdownTimeout how long all queues together may take to drain
 * @param replicaName this process among its replicas
 */
record ServeOptions(
    ServerOptions callers,
    @Nullable TlsFiles tls,
    boolean httpTls,
    int httpPort,
    List<NodeAddress> nodes,
    EtcdOptions etcd,
    Map<String, PemFiles> tlsProfiles,
    FanoutSettings settings,
    Discovery.Etcd discovery,
    @Nullable Path config,
    @Nullable KubernetesOptions kubernetes,
    @Nullable Path stateDir,
    @Nullable FanoutName defaultTarget,
    AccessMode access,
    Duration shutdownDelay,
    Duration shutdownTimeout,
    String replicaName) {

  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  ServeOptions {
    if (httpTls && tls == null) {
      throw new UsageException("--http-tls", "needs --tls-cert and --tls-key with it");
    }
    if (access instanceof AccessMode.Mtls && (tls == null || tls.files().ca() == null)) {
      throw new UsageException("--auth", "mtls needs --tls-client-ca with it");
    }
    nodes = List.copyOf(new LinkedHashSet<>(nodes));
    tlsProfiles = Map.copyOf(tlsProfiles);
    if (config != null && !nodes.isEmpty()) {
      throw new UsageException("--config", "says which nodes there are; leave --node out");
    }
    if (kubernetes != null && config != null) {
      throw new UsageException("--config", "is another source than --kubernetes; leave one out");
    }
    if (kubernetes != null && !nodes.isEmpty()) {
      throw new UsageException(
          "--kubernetes", "has its resources say which nodes there are; leave --node out");
    }
    String profile = settings.tls().profile();
    if (profile != null && !tlsProfiles.containsKey(profile)) {
      throw new UsageException(
          "--set", "tls.profile=" + profile, "there is no --tls-profile of that name");
    }
    if (nodes.size() > Bounds.STATIC_NODES_MAX) {
      throw new UsageException(
          "--node", "may be given at most " + Bounds.STATIC_NODES_MAX + " times");
    }
  }

  /** What is to be said of it in the log and the status, a sentence each. */
  List<String> warnings() {
    return Exposure.warnings(new BindHost(callers.bind()), access, tls != null);
  }

  /** The one fanout that flags describe. */
  FanoutSpec spec() {
    Discovery source = nodes.isEmpty() ? discovery : new Discovery.Static(Set.copyOf(nodes));
    return FanoutSpec.of(FanoutName.DEFAULT, settings, source);
  }
}
