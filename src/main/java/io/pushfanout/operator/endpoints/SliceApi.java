package io.pushfanout.operator.endpoints;

import com.google.common.base.Strings;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.pushfanout.model.Discovery;
import io.pushfanout.operator.ApiClients;
import io.pushfanout.operator.ApiFailure;
import io.pushfanout.operator.client.Cluster;
import io.pushfanout.operator.client.ClusterAccess;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests for EndpointSlices. The first one makes the client; after a refusal of credentials
 * by either side the files are read again. On the thread of requests alone, but for {@link
 * #reason}.
 */
final class SliceApi implements AutoCloseable {
  private static final String SERVICE = "kubernetes.io/service-name";

  /** Shortest time between two clients: credentials may need a run of a plugin. */
  private static final Duration REMAKE = Duration.ofSeconds(10);

  private final ClusterAccess access;
  private volatile String where = "it";
  private @Nullable KubernetesClient client;
  private long madeNanos;

  /**
   * The slices of a Service at one moment.
   *
   * @param version the version of the list, from which a watch goes on
   */
  record Listing(List<EndpointSlice> slices, String version) {}

  SliceApi(ClusterAccess access) {
    this.access = access;
  }

  Listing list(Discovery.EndpointSlices of) {
    @Nullable KubernetesResourceList<EndpointSlice> listed = slices(of).list();
    // Something else may answer with JSON in the API server's place, and that is no empty list.
    if (listed == null
        || listed.getItems() == null
        || listed.getMetadata() == null
        || Strings.isNullOrEmpty(listed.getMetadata().getResourceVersion())) {
      throw new IllegalStateException("the answer is no list of EndpointSlices");
    }
    return new Listing(listed.getItems(), listed.getMetadata().getResourceVersion());
  }

  /** Begins a watch after a version; each end of the watch is reported and final. */
  Watch watch(Discovery.EndpointSlices of, String version, Watcher<EndpointSlice> watcher) {
    return slices(of).watch(new ListOptionsBuilder().withResourceVersion(version).build(), watcher);
  }

  private FilterWatchListDeletable<
          EndpointSlice, KubernetesResourceList<EndpointSlice>, Resource<EndpointSlice>>
      slices(Discovery.EndpointSlices of) {
    return client()
        .resources(EndpointSlice.class)
        .inNamespace(of.namespace())
        .withLabel(SERVICE, of.serviceName());
  }

  private KubernetesClient client() {
    KubernetesClient present = client;
    if (present == null) {
      Cluster cluster = access.open();
      where = cluster.where();
      // Each connection that ends is followed by a list, which finds the changes that the watch has
      // missed.
      cluster.config().setWatchReconnectLimit(0);
      present = ApiClients.open(cluster);
      client = present;
      madeNanos = System.nanoTime();
    }
    return present;
  }

  /** Drops the client after a refusal of credentials by either side. */
  void failed(Throwable failure) {
    KubernetesClient refused = client;
    if (refused != null
        && ApiFailure.isOfIdentity(failure)
        && System.nanoTime() - madeNanos >= REMAKE.toNanos()) {
      client = null;
      refused.close();
    }
  }

  /** Returns the reason of a failure in one line; from any thread. */
  String reason(Throwable failure) {
    return ApiFailure.reason(failure, where);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
