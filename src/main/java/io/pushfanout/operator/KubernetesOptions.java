package io.pushfanout.operator;

import io.pushfanout.operator.client.ClusterAccess;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which resources this replica serves, and who it is among its replicas.
 *
 * @param namespaces whose resources to serve; none: those of all
 * @param selector labels that a resource must have, as {@code kubectl -l} takes them; null: any
 * @param leaseName of the Lease of the election, and how every replica's own begins
 * @param leaseNamespace where the Leases lie; null: the namespace of the kubeconfig's context
 * @param replica this replica's name, a DNS subdomain
 * @param policy what the resources may have
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

  /** Which resources these are, for who has to tell them from others. */
  public String scope() {
    return "namespaces=%s selector=%s"
        .formatted(
            namespaces.isEmpty() ? "*" : String.join(",", new TreeSet<>(namespaces)),
            selector == null ? "" : selector);
  }
}
