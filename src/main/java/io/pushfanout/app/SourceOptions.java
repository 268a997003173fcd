package io.pushfanout.app;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.options.UsageException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The source of the fanouts: exactly one, and no options that only another source would use.
 *
 * @param nodes the connect-nodes, each once, in the order given; none: those of the discovery
 * @param settings the settings of the fanout of those nodes
 * @param discovery the source of the nodes without a list of them
 * @param config a file or directory of PushFanouts, instead of the one fanout that flags describe
 * @param kubernetes the PushFanout resources of a cluster, instead of both
 */
public record SourceOptions(
    List<NodeAddress> nodes,
    FanoutSettings settings,
    Discovery discovery,
    @Nullable Path config,
    @Nullable KubernetesOptions kubernetes) {

  /**
   * @throws UsageException names the flag of an invalid value
   */
  public SourceOptions {
    nodes = List.copyOf(new LinkedHashSet<>(nodes));
    if (config != null && !nodes.isEmpty()) {
      throw new UsageException("--config", "names the nodes; leave --node out");
    }
    if (kubernetes != null && config != null) {
      throw new UsageException("--config", "is another source than --kubernetes; leave one out");
    }
    if (kubernetes != null && !nodes.isEmpty()) {
      throw new UsageException(
          "--kubernetes", "has its resources say which nodes there are; leave --node out");
    }
    if (nodes.size() > Bounds.STATIC_NODES_MAX) {
      throw new UsageException(
          "--node", "may be given at most " + Bounds.STATIC_NODES_MAX + " times");
    }
  }

  /** Returns the way to the API server. */
  ClusterAccess clusterAccess() {
    return kubernetes == null ? ClusterAccess.ofProcess() : kubernetes.access();
  }

  /** Returns the watched namespaces and selector; empty if the source is not a cluster. */
  String scope() {
    return kubernetes == null ? "" : kubernetes.scope();
  }

  /** Returns the spec of the one fanout that flags describe. */
  public FanoutSpec spec() {
    Discovery source = nodes.isEmpty() ? discovery : new Discovery.Static(Set.copyOf(nodes));
    return FanoutSpec.of(FanoutName.DEFAULT, settings, source);
  }
}
