package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Leases of one installation: one for the election and one for each replica, all in one
 * namespace and under one label. Their times are for people; this program never reads them.
 */
final class Leases {
  private static final String INSTALLATION = "pushfanout.io/lease";

  private final NonNamespaceOperation<Lease, LeaseList, Resource<Lease>> leases;
  private final String name;
  private final Clock clock;

  Leases(KubernetesClient client, String namespace, String name, Clock clock) {
    this.leases = client.leases().inNamespace(namespace);
    this.name = name;
    this.clock = clock;
  }

  String election() {
    return name;
  }

  String of(String replica) {
    return name + "-" + replica;
  }

  @Nullable Lease get(String lease) {
    return leases.withName(lease).get();
  }

  /** Returns the Leases of all replicas, alive or not. */
  List<Lease> ofReplicas() {
    return leases.withLabel(INSTALLATION, name).list().getItems().stream()
        .filter(lease -> !lease.getMetadata().getName().equals(name))
        .toList();
  }

  /** Creates or renews a Lease and takes it from any other writer. */
  void hold(String lease, String holder, int seconds) {
    leases
        .resource(fresh(lease, holder, seconds).build())
        .fieldManager("pushfanout")
        .forceConflicts()
        .serverSideApply();
  }

  /**
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 when another
   *     writer was quicker
   */
  Lease create(String lease, String holder, int seconds) {
    return leases.resource(fresh(lease, holder, seconds).build()).create();
  }

  /**
   * Changes the holder and the time of a Lease that was just read.
   *
   * @param holder the present holder, another one, or an empty text for none
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 when the Lease has
   *     changed since it was read
   */
  Lease update(Lease read, String holder) {
    boolean same = holder.equals(read.getSpec().getHolderIdentity());
    Integer transitions = read.getSpec().getLeaseTransitions();
    return leases
        .resource(
            new LeaseBuilder(read)
                .editSpec()
                .withHolderIdentity(holder)
                .withAcquireTime(same ? read.getSpec().getAcquireTime() : now())
                .withRenewTime(now())
                .withLeaseTransitions((transitions == null ? 0 : transitions) + (same ? 0 : 1))
                .endSpec()
                .build())
        .update();
  }

  void delete(String lease) {
    leases.withName(lease).delete();
  }

  private LeaseBuilder fresh(String lease, String holder, int seconds) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(lease)
        .withLabels(Map.of("app.kubernetes.io/managed-by", "pushfanout", INSTALLATION, name))
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(holder)
        .withLeaseDurationSeconds(seconds)
        .withRenewTime(now())
        .endSpec();
  }

  private ZonedDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
  }
}
