package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client of the API server and the watch over it, which begin and end together. Whatever ends the
 * watch for good ends the session; the next one lists anew.
 */
final class KubernetesSession implements AutoCloseable {
  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  /** Every request's, that of the watch apart. */
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  /** Doubled at each failure, up to 32 times: a watch is back within 3.2 s. */
  private static final int RECONNECT_MILLIS = 100;

  private final KubernetesOptions options;
  private final Consumer<Stream<PushFanout>> resources;
  private final Consumer<KubernetesSession> ended;
  private final KubernetesClient client;
  private @Nullable Operator operator;

  /**
   * @param resources gets all of them whenever one has changed
   * @param ended told on a thread of the client when the watch is over for good
   */
  KubernetesSession(
      KubernetesOptions options,
      Consumer<Stream<PushFanout>> resources,
      Consumer<KubernetesSession> ended) {
    this.options = options;
    this.resources = resources;
    this.ended = ended;
    this.client = new KubernetesClientBuilder().withConfig(config()).build();
  }

  private static Config config() {
    return new ConfigBuilder()
        .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
        .withConnectionTimeout(REQUEST_TIMEOUT_MILLIS)
        .withRequestRetryBackoffLimit(0)
        .withWatchReconnectInterval(RECONNECT_MILLIS)
        .build();
  }

  KubernetesClient client() {
    return client;
  }

  /**
   * Watches; returns when the watch has begun.
   *
   * @throws KubernetesClientException why they cannot be watched
   */
  void start() {
    Operator started =
        new Operator(
            config ->
                config
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(1)
                    .withCacheSyncTimeout(SYNC_TIMEOUT)
                    .withReconciliationTerminationTimeout(STOP_TIMEOUT)
                    .withStopOnInformerErrorDuringStartup(true)
                    .withInformerStoppedHandler((_, failure) -> informerStopped(failure)));
    operator = started;
    RegisteredController<PushFanout> _ =
        started.register(
            new PushFanoutReconciler(resources),
            config -> {
              if (options.selector() != null) {
                config.withLabelSelector(options.selector());
              }
              if (!options.namespaces().isEmpty()) {
                config.settingNamespaces(Set.copyOf(options.namespaces()));
              }
            });
    started.start();
  }

  private void informerStopped(@Nullable Throwable failure) {
    if (failure != null) {
      ended.accept(this);
    }
  }

  /** All resources there are, as the API server says now, past every cache. */
  List<PushFanout> list() {
    return options.namespaces().isEmpty()
        ? list(client.resources(PushFanout.class).inAnyNamespace())
        : options.namespaces().stream()
            .flatMap(
                namespace ->
                    list(client.resources(PushFanout.class).inNamespace(namespace)).stream())
            .toList();
  }

  private List<PushFanout> list(
      FilterWatchListDeletable<PushFanout, KubernetesResourceList<PushFanout>, Resource<PushFanout>>
          of) {
    String selector = options.selector();
    return (selector == null ? of : of.withLabelSelector(selector)).list().getItems();
  }

  @Override
  public void close() {
    if (operator != null) {
      operator.stop();
    }
    client.close();
  }
}
