package io.pushfanout.app;

import io.pushfanout.checkpoint.SavedNodes;
import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.plan.Trouble;
import io.pushfanout.state.SavedNodes;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The registrations of the services that the specs name: watches them in etcd and passes them on.
 * If etcd does not answer for a service, its saved nodes are passed on. Any thread may call its
 * methods.
 */
final class Registry implements AutoCloseable {
  private final DesiredState desired;
  private final EtcdDiscovery etcd;
  private final SavedServices saved;
  private final LongSupplier nanoClock;
  private final Map<String, Registrations> found = new ConcurrentHashMap<>();
  private final Map<String, FallbackTimeout> timeouts = new ConcurrentHashMap<>();
  private volatile Map<FanoutName, String> services = Map.of();

  /**
   * @param saved saved nodes of an earlier process, by service
   */
  Registry(
      EtcdOptions options,
      DesiredState desired,
      Map<String, SavedNodes> saved,
      LongSupplier nanoClock,
      Clock clock) {
    this.desired = desired;
    this.saved = new SavedServices(saved, clock);
    this.nanoClock = nanoClock;
    this.etcd = new EtcdDiscovery(options, new DiscoveryListener());
  }

  /** A listener that is called on the thread of the discovery. */
  private final class DiscoveryListener implements EtcdDiscovery.Listener {
    @Override
    public void registrations(String service, Registrations now) {
      synchronized (Registry.this) {
        saved.answered(service, now);
        handOver(service, now);
      }
    }

    @Override
    public void unanswered(String service, Trouble why) {
      desired.unanswered(service, why);
    }

    @Override
    public void forgotten(String service) {
      synchronized (Registry.this) {
        found.remove(service);
        saved.forget(service);
        desired.forget(service);
      }
    }
  }

  private void handOver(String service, Registrations now) {
    found.put(service, now);
    desired.registrations(service, now);
  }

  /**
   * Watches the services of these specs from now on, and no others. Removed services lose their
   * nodes, so the new specs must be handed over before this call.
   */
  synchronized void serve(List<FanoutSpec> specs) {
    Map<FanoutName, String> wanted = new HashMap<>();
    for (FanoutSpec spec : specs) {
      if (spec.discovery() instanceof Discovery.Etcd discovery) {
        wanted.put(spec.name(), discovery.registeredUnder());
      }
    }
    services = Map.copyOf(wanted);
    Set<String> names = wanted();
    timeouts.keySet().retainAll(names);
    names.forEach(
        service -> timeouts.computeIfAbsent(service, _ -> new FallbackTimeout(nanoClock)));
    etcd.setServices(names);
  }

  /** Returns the services that are watched. */
  Set<String> wanted() {
    return Set.copyOf(services.values());
  }

  /** Returns the service that the fanout's nodes register under; empty if they do not register. */
  Optional<String> serviceOf(FanoutName fanout) {
    return Optional.ofNullable(services.get(fanout));
  }

  /** Returns why the fanout's nodes are not known, one line; empty if they are known. */
  Optional<String> whyUnknown(FanoutName fanout) {
    return serviceOf(fanout)
        .filter(service -> !isKnown(service))
        .map(service -> "etcd has not answered yet (%s)".formatted(whyUnanswered(service)));
  }

  private boolean isKnown(String service) {
    return etcd.answered(service) || saved.serves(service);
  }

  private String whyUnanswered(String service) {
    return etcd.problem(service).orElse("not asked yet");
  }

  /** Serves the saved nodes of services for which etcd has not answered in time. */
  void fallBack() {
    unanswered()
        .forEach(
            (service, why) -> {
              FallbackTimeout waiting = timeouts.get(service);
              boolean failed = etcd.hasFailed(service);
              if (waiting != null && waiting.isOver(failed)) {
                serveSaved(service, why);
              }
            });
  }

  private synchronized void serveSaved(String service, String why) {
    // Etcd may have answered meanwhile, or the specs may no longer name the service.
    if (!etcd.answered(service) && wanted().contains(service)) {
      saved.serve(service, why).ifPresent(nodes -> handOver(service, nodes));
    }
  }

  /** Returns the services without any nodes known yet, each with the reason in one line. */
  SortedMap<String, String> unanswered() {
    SortedMap<String, String> unanswered = new TreeMap<>();
    for (String service : wanted()) {
      if (!isKnown(service)) {
        unanswered.put(service, whyUnanswered(service));
      }
    }
    return unanswered;
  }

  /**
   * Returns the services whose known nodes etcd does not update, each with the reason in one line.
   */
  SortedMap<String, String> degraded() {
    SortedMap<String, String> degraded = new TreeMap<>();
    for (String service : wanted()) {
      Registrations known = found.get(service);
      if (known != null && known.trouble() != null) {
        degraded.put(service, etcd.problem(service).orElse(known.trouble().reason()));
      }
    }
    return degraded;
  }

  /** Returns the registrations of each watched service; empty for a service without any known. */
  Map<String, Optional<Registrations>> view() {
    Map<String, Optional<Registrations>> view = new HashMap<>();
    wanted().forEach(service -> view.put(service, Optional.ofNullable(found.get(service))));
    return view;
  }

  /**
   * Returns the services that are served from saved nodes, each with the time at which its nodes
   * were current.
   */
  SortedMap<String, Instant> savedAsOf() {
    SortedMap<String, Instant> asOf = new TreeMap<>(saved.served());
    asOf.keySet().retainAll(wanted());
    return asOf;
  }

  /** Returns the last good nodes of each watched service, to be saved. */
  Map<String, SavedNodes> lastGood() {
    Map<String, SavedNodes> last = new HashMap<>();
    for (String service : wanted()) {
      boolean current = etcd.answered(service) && etcd.problem(service).isEmpty();
      saved.lastGood(service, current).ifPresent(nodes -> last.put(service, nodes));
    }
    return last;
  }

  @Override
  public void close() {
    etcd.close();
  }
}
