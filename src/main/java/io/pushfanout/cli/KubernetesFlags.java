package io.pushfanout.cli;

import io.pushfanout.model.SettingException;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.policy.AllowLists;
import io.pushfanout.operator.policy.Ceilings;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.options.UsageException;
import io.pushfanout.text.DnsLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for the PushFanout resources of a cluster to serve. */
final class KubernetesFlags {
  private static final int OBJECT_NAME_MAX = 253;

  @Option(
      names = "--kubernetes",
      description =
          "Serve the PushFanout resources of the cluster that the kubeconfig or the pod's"
              + " service account names.")
  private boolean kubernetes;

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      split = ",",
      description = "A namespace whose PushFanouts to serve; may be repeated (default: all).")
  private List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--selector",
      paramLabel = "LABELS",
      description =
          "Labels of the PushFanouts to serve, such as tier=gold,env!=test (default: any).")
  private @Nullable String selector;

  @Option(
      names = "--lease-name",
      paramLabel = "NAME",
      description = "The Lease of the replicas that belong together (default: pushfanout).")
  private @Nullable String leaseName;

  @Option(
      names = AllowLists.STATIC_FLAG,
      paramLabel = "NAMESPACE[=CIDR]",
      split = ",",
      description =
          "A namespace (or a glob such as *) whose PushFanouts may have static nodes, and a network"
              + " that these have to be in; may be repeated; \"-\" alone: none (default: all,"
              + " any).")
  private List<String> allowedStatics = new ArrayList<>();

  @Option(
      names = AllowLists.SERVICE_FLAG,
      paramLabel = "NAMESPACE=SERVICE",
      split = ",",
      description =
          "An etcd service that the PushFanouts of a namespace may claim, or, with a slash in it, a"
              + " prefix of etcd's keys; globs; may be repeated; \"-\" alone: none (default: all).")
  private List<String> allowedServices = new ArrayList<>();

  @Option(
      names = AllowLists.TLS_FLAG,
      paramLabel = "NAMESPACE=PROFILE",
      split = ",",
      description =
          "A --tls-profile that the PushFanouts of a namespace may choose; globs; may be repeated;"
              + " \"-\" alone: none (default: all).")
  private List<String> allowedProfiles = new ArrayList<>();

  @Option(
      names = Ceilings.FLAG,
      paramLabel = "[NAMESPACE:]FIELD=VALUE",
      split = ",",
      description =
          "The most that a PushFanout may ask for, of a namespace or of each that has none of its"
              + " own, such as acme:queueBytes=64Mi; may be repeated. Fields: workers, queueSize,"
              + " queueBytes, rpcTimeout, messageTTL, drainTimeout, window, nodes (static ones),"
              + " overrides (their number), resources (PushFanouts of the namespace).")
  private List<String> ceilings = new ArrayList<>();

  /**
   * Returns the options.
   *
   * @return options; null without {@code --kubernetes}
   * @throws UsageException with the flag of an invalid value
   */
  @Nullable KubernetesOptions options(String replica, Map<String, String> environment) {
    if (!kubernetes) {
      refuseAlone("--namespace", !namespaces.isEmpty());
      refuseAlone("--selector", selector != null);
      refuseAlone("--lease-name", leaseName != null);
      refuseAlone(AllowLists.STATIC_FLAG, !allowedStatics.isEmpty());
      refuseAlone(AllowLists.SERVICE_FLAG, !allowedServices.isEmpty());
      refuseAlone(AllowLists.TLS_FLAG, !allowedProfiles.isEmpty());
      refuseAlone(Ceilings.FLAG, !ceilings.isEmpty());
      return null;
    }
    for (String namespace : namespaces) {
      require("--namespace", namespace);
    }
    String lease = leaseName == null ? "pushfanout" : leaseName;
    require("--lease-name", lease);
    if (lease.length() + 1 + replica.length() > OBJECT_NAME_MAX) {
      throw new UsageException(
          "--lease-name", "is too long to have the replica's name \"" + replica + "\" behind it");
    }
    String pod = environment.getOrDefault("POD_NAMESPACE", "");
    return new KubernetesOptions(
        namespaces,
        selector == null || selector.isBlank() ? null : selector,
        lease,
        pod.isEmpty() ? null : pod,
        replica,
        policy(),
        access(environment));
  }

  /**
   * Returns the access to the API server.
   *
   * @throws UsageException when no kubeconfig file that the environment names exists
   */
  static ClusterAccess access(Map<String, String> environment) {
    ClusterAccess access = ClusterAccess.of(environment);
    access
        .missingKubeconfig()
        .ifPresent(
            named -> {
              throw new UsageException(
                  "KUBECONFIG",
                  named,
                  "no such file, and it is to name the API server that serve needs");
            });
    return access;
  }

  private TenantPolicy policy() {
    try {
      return new TenantPolicy(
          AllowLists.parse(allowedStatics, allowedServices, allowedProfiles),
          Ceilings.parse(ceilings));
    } catch (SettingException e) {
      throw new UsageException(e.field(), e.problem());
    }
  }

  private static void refuseAlone(String flag, boolean given) {
    if (given) {
      throw new UsageException(flag, "has no use without --kubernetes");
    }
  }

  private static void require(String flag, String value) {
    if (!DnsLabel.is(value)) {
      throw new UsageException(
          flag, "must be of a-z, 0-9 and '-', at most 63 of them, is \"" + value + "\"");
    }
  }
}
