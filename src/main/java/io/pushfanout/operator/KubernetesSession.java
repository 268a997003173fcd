package io.pushfanout.operator;

import com.google.common.base.Strings;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.pushfanout.operator.client.Cluster;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.client.ClusterException;
import io.pushfanout.operator.resource.PushFanout;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the API server and its watch, which begin and end together. A watch that ends for
 * good ends the session; the next session lists again.
 */
final class KubernetesSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubernetesSession.class);

  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private final KubernetesOptions options;
  private final Consumer<ResourceList> resources;
  private final Consumer<KubernetesSession> ended;
  private final KubernetesClient client;
  private @Nullable Operator operator;
  private volatile Set<String> unknown = Set.of();
  private volatile boolean closed;

  /**
   * @param resources gets all of them whenever one has changed
   * @param ended called on a thread of the client when the watch is over for good
   * @throws ClusterException why there can be no client
   */
  KubernetesSession(
      KubernetesOptions options,
      ApiHealth health,
      Consumer<ResourceList> resources,
      Consumer<KubernetesSession> ended) {
    this.options = options;
    this.resources = resources;
    this.ended = ended;
    this.client = client(options.access(), health);
  }

  /**
   * Makes a client of ours.
   *
   * @throws ClusterException why there can be none
   */
  static KubernetesClient client(ClusterAccess access, ApiHealth health) {
    Cluster cluster = access.open();
    health.begin(cluster.where());
    return ApiClients.open(cluster);
  }

  KubernetesClient client() {
    return client;
  }

  /**
   * Lists the resources, hands them over, and watches them; returns when the watch has begun. So
   * the resources are in force before the framework has started, which takes longer than the list.
   *
   * @throws KubernetesClientException why they cannot be listed or watched
   */
  void start() {
    // One line gives the reason here; the framework logs stack traces.
    ResourceList first = list();
    unknown = first.unknown();
    if (!unknown.isEmpty()) {
      log.warn("PushFanouts of {} cannot be listed; what was known of them stays", unknown);
    }
    resources.accept(first);
    Operator started = operator();
    operator = started;
    RegisteredController<PushFanout> _ =
        started.register(
            new PushFanoutReconciler(this::changed),
            config -> {
              if (options.selector() != null) {
                config.withLabelSelector(options.selector());
              }
              if (!options.namespaces().isEmpty()) {
                Set<String> watched = new HashSet<>(options.namespaces());
                watched.removeAll(unknown);
                config.settingNamespaces(watched);
              }
            });
    started.start();
    // The framework calls back for no resource that was deleted between the first list and its own.
    resources.accept(list());
  }

  private Operator operator() {
    return new Operator(
        config ->
            config
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(1)
                .withCacheSyncTimeout(SYNC_TIMEOUT)
                .withReconciliationTerminationTimeout(STOP_TIMEOUT)
                .withStopOnInformerErrorDuringStartup(true)
                .withInformerStoppedHandler((_, failure) -> informerStopped(failure)));
  }

  /**
   * Takes the cached resources, on the framework's thread. A cache that is being closed has fewer
   * resources, so the cache is read before the check for a close.
   */
  private void changed(Stream<PushFanout> cached) {
    List<PushFanout> all = cached.toList();
    if (!closed) {
      resources.accept(new ResourceList(all, unknown));
    }
  }

  private void informerStopped(@Nullable Throwable failure) {
    if (failure != null) {
      ended.accept(this);
    }
  }

  /** Namespaces that are not watched, for they could not be listed at the start. */
  Set<String> unknown() {
    return unknown;
  }

  /**
   * Lists the resources from the API server, past every cache.
   *
   * @throws KubernetesClientException when no namespace could be listed
   */
  ResourceList list() {
    var all = client.resources(PushFanout.class);
    if (options.namespaces().isEmpty()) {
      return new ResourceList(list(all.inAnyNamespace()), Set.of());
    }
    List<PushFanout> found = new ArrayList<>();
    Set<String> forbidden = new HashSet<>();
    for (String namespace : options.namespaces()) {
      try {
        found.addAll(list(all.inNamespace(namespace)));
      } catch (KubernetesClientException e) {
        forbidden.add(namespace);
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN
            || forbidden.size() == options.namespaces().size()) {
          throw e;
        }
      }
    }
    return new ResourceList(found, forbidden);
  }

  private List<PushFanout> list(
      FilterWatchListDeletable<PushFanout, KubernetesResourceList<PushFanout>, Resource<PushFanout>>
          of) {
    String selector = options.selector();
    @Nullable KubernetesResourceList<PushFanout> listed =
        (selector == null ? of : of.withLabelSelector(selector)).list();
    // Something else may answer with JSON in the API server's place, and that is no empty list.
    if (listed == null
        || listed.getItems() == null
        || listed.getMetadata() == null
        || Strings.isNullOrEmpty(listed.getMetadata().getResourceVersion())) {
      throw new IllegalStateException("the answer is no list of PushFanouts");
    }
    return listed.getItems();
  }

  @Override
  public void close() {
    closed = true;
    Operator started = operator;
    try {
      if (started != null) {
        started.stop();
      }
    } finally {
      client.close();
    }
  }
}
