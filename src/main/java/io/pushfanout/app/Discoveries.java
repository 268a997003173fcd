package io.pushfanout.app;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.dns.DnsDiscovery;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.model.Discovery;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.endpoints.EndpointSliceDiscovery;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The discoveries of all registries, each with the sources of its kind. A discovery is made when
 * the first spec needs it. One thread at a time calls {@link #serve} and {@link #close}; any thread
 * may call the others.
 */
final class Discoveries implements AutoCloseable {
  private final Kind<String> etcd;
  private final Kind<Discovery.Dns> dns;
  private final Kind<Discovery.EndpointSlices> endpoints;
  private volatile Map<String, NodeDiscovery<?>> bySource = Map.of();
  private boolean closed;

  /** The discovery of one registry; null until a spec has needed it. */
  private static final class Kind<T> {
    private final Supplier<NodeDiscovery<T>> maker;
    private @Nullable NodeDiscovery<T> made;

    Kind(Supplier<NodeDiscovery<T>> maker) {
      this.maker = maker;
    }

    void serve(Map<String, T> sources, Map<String, NodeDiscovery<?>> owners) {
      NodeDiscovery<T> present = made;
      if (present == null && sources.isEmpty()) {
        return;
      }
      if (present == null) {
        present = maker.get();
        made = present;
      }
      present.serve(sources);
      for (String source : sources.keySet()) {
        owners.put(source, present);
      }
    }

    void close() {
      if (made != null) {
        made.close();
      }
    }
  }

  /**
   * @param cluster returns the way to the API server
   */
  Discoveries(
      EtcdOptions options, Supplier<ClusterAccess> cluster, NodeDiscovery.Listener listener) {
    this.etcd = new Kind<>(() -> new EtcdDiscovery(options, listener));
    this.dns = new Kind<>(() -> new DnsDiscovery(listener));
    this.endpoints = new Kind<>(() -> new EndpointSliceDiscovery(cluster.get(), listener));
  }

  /** Returns a maker of the discoveries of a server. */
  static Function<NodeDiscovery.Listener, Discoveries> of(ServeOptions options) {
    return listener -> new Discoveries(options.etcd(), options.source()::clusterAccess, listener);
  }

  /** Watches these sources from now on, and no others. */
  void serve(Collection<Discovery.Watched> sources) {
    if (closed) {
      return;
    }
    Map<String, String> services = new HashMap<>();
    Map<String, Discovery.Dns> names = new HashMap<>();
    Map<String, Discovery.EndpointSlices> slices = new HashMap<>();
    for (Discovery.Watched source : sources) {
      switch (source) {
        case Discovery.Etcd registrations ->
            services.put(registrations.source(), registrations.source());
        case Discovery.Dns name -> names.merge(name.source(), name, Discoveries::sooner);
        case Discovery.EndpointSlices service -> slices.put(service.source(), service);
      }
    }
    Map<String, NodeDiscovery<?>> owners = new HashMap<>();
    Attempts each = new Attempts();
    each.attempt(() -> etcd.serve(services, owners));
    each.attempt(() -> dns.serve(names, owners));
    each.attempt(() -> endpoints.serve(slices, owners));
    bySource = Map.copyOf(owners);
    each.end();
  }

  /** Returns the name with the shorter interval. */
  private static Discovery.Dns sooner(Discovery.Dns one, Discovery.Dns other) {
    return one.refresh().compareTo(other.refresh()) <= 0 ? one : other;
  }

  /**
   * Returns the answer of a source's discovery.
   *
   * @param otherwise the answer for a source that is not watched
   */
  <R> R of(String source, Function<NodeDiscovery<?>, R> question, R otherwise) {
    NodeDiscovery<?> discovery = bySource.get(source);
    return discovery == null ? otherwise : question.apply(discovery);
  }

  @Override
  public void close() {
    closed = true;
    Attempts each = new Attempts();
    each.attempt(etcd::close);
    each.attempt(dns::close);
    each.attempt(endpoints::close);
    each.end();
  }
}
