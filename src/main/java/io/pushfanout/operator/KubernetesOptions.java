package io.pushfanout.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which resources this replica serves, and who it is among its replicas.
 *
 * @param namespaces whose resources to serve; none: those of all
 * @param selector labels that a resource must have, as {@code kubectl -l} takes them; null: any
 * @param leaseName of the Lease of the election, and how every replica's own begins
 * @param leaseNamespace where the Leases lie; null: the namespace of the kubeconfig's context
 * @param replica this replica's name, a DNS subdomain
 */
public record KubernetesOptions(
    List<String> namespaces,
    @Nullable String selector,
    String leaseName,
    @Nullable String leaseNamespace,
    String replica) {

  public KubernetesOptions {
    namespaces = List.copyOf(namespaces);
  }
}
