package io.pushfanout.app;

import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.plan.Registrations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Where specs meet etcd: looks for the services that the specs name, and passes on what it finds.
 * Any thread may call it.
 */
final class Registry implements AutoCloseable {
  private final EtcdDiscovery etcd;
  private final Map<String, Registrations> found = new ConcurrentHashMap<>();
  private volatile Set<String> services = Set.of();

  Registry(EtcdOptions options, DesiredState desired) {
    etcd =
        new EtcdDiscovery(
            options,
            (service, registrations) -> {
              found.put(service, registrations);
              desired.registrations(service, registrations);
            });
  }

  /** From now on these specs' services are looked for, and no others. */
  void serve(List<FanoutSpec> specs) {
    services =
        specs.stream()
            .map(FanoutSpec::discovery)
            .filter(Discovery.Etcd.class::isInstance)
            .map(discovery -> ((Discovery.Etcd) discovery).serviceName())
            .collect(Collectors.toUnmodifiableSet());
    etcd.setServices(services);
  }

  /** The services that etcd has not answered for yet, and why not, each in one line. */
  SortedMap<String, String> unanswered() {
    SortedMap<String, String> unanswered = new TreeMap<>();
    for (String service : services) {
      if (!etcd.answered(service)) {
        unanswered.put(service, etcd.problem(service).orElse("not asked yet"));
      }
    }
    return unanswered;
  }

  /** What is known of each service that is looked for. */
  Map<String, Optional<Registrations>> view() {
    Map<String, Optional<Registrations>> view = new HashMap<>();
    services.forEach(service -> view.put(service, Optional.ofNullable(found.get(service))));
    return view;
  }

  @Override
  public void close() {
    etcd.close();
  }
}
