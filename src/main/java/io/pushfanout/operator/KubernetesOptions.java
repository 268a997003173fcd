package io.pushfanout.operator;

import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.policy.TenantPolicy;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The resources that this replica serves, and its name among the replicas.
 *
 * @param namespaces namespaces to serve; empty: all
 * @param selector labels that a resource must have, as {@code kubectl -l} takes them; null: any
 * @param leaseName name of the election's Lease, and prefix of each replica's own
 * @param leaseNamespace namespace of the Leases; null: that of the kubeconfig's context
 * @param replica this replica's name, a DNS subdomain
 * @param policy limits of the resources
 * @param access the way to the API server
 */
public record KubernetesOptions(
    List<String> namespaces,
    @Nullable String selector,
    String leaseName,
    @Nullable String leaseNamespace,
    String replica,
    TenantPolicy policy,
    ClusterAccess access) {

  public KubernetesOptions {
    namespaces = namespaces.stream().distinct().toList();
  }

  /** Returns the namespaces and the selector in one line, to compare with saved state. */
  public String scope() {
    return "namespaces=%s selector=%s"
        .formatted(
            namespaces.isEmpty() ? "*" : String.join(",", new TreeSet<>(namespaces)),
            selector == null ? "" : selector);
  }
}
