package io.pushfanout.app;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.dns.DnsDiscovery;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.model.Discovery;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The discoveries of all registries, each with the sources of its kind. One that no spec has needed
 * yet is not made. The callers see to it that one thread at a time calls {@link #serve} or {@link
 * #close}; any thread may call the others.
 */
final class Discoveries implements AutoCloseable {
  private final NodeDiscovery.Listener listener;
  private final EtcdDiscovery etcd;
  private volatile @Nullable DnsDiscovery dns;
  private volatile Map<String, NodeDiscovery<?>> bySource = Map.of();
  private boolean closed;

  Discoveries(EtcdOptions options, NodeDiscovery.Listener listener) {
    this.listener = listener;
    this.etcd = new EtcdDiscovery(options, listener);
  }

  /** Watches these sources from now on, and no others. */
  void serve(Collection<Discovery.Watched> sources) {
    if (closed) {
      return;
    }
    Map<String, NodeDiscovery<?>> owners = new HashMap<>();
    Set<String> services = new HashSet<>();
    Map<String, Discovery.Dns> names = new HashMap<>();
    for (Discovery.Watched source : sources) {
      switch (source) {
        case Discovery.Etcd registrations -> services.add(registrations.source());
        case Discovery.Dns name -> names.merge(name.source(), name, Discoveries::sooner);
      }
    }
    services.forEach(source -> owners.put(source, etcd));
    etcd.setServices(services);
    DnsDiscovery resolver = dns;
    if (resolver == null && !names.isEmpty()) {
      resolver = new DnsDiscovery(listener);
      dns = resolver;
    }
    if (resolver != null) {
      for (String source : names.keySet()) {
        owners.put(source, resolver);
      }
      resolver.serve(names);
    }
    bySource = Map.copyOf(owners);
  }

  /** Returns the name that is looked up more often. */
  private static Discovery.Dns sooner(Discovery.Dns one, Discovery.Dns other) {
    return one.refresh().compareTo(other.refresh()) <= 0 ? one : other;
  }

  /**
   * Returns what a source's discovery knows.
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
    DnsDiscovery resolver = dns;
    if (resolver != null) {
      each.attempt(resolver::close);
    }
    each.end();
  }
}
