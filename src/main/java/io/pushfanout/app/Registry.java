package io.pushfanout.app;

import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.plan.Registrations;
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
 * Where specs meet etcd: looks for the services that the specs name, and passes on what it finds,
 * or what was saved of a service that etcd does not answer for. Any thread may call it.
 */
final class Registry implements AutoCloseable {
  private final DesiredState desired;
  private final EtcdDiscovery etcd;
  private final SavedServices saved;
  private final LongSupplier nanoClock;
  private final Map<String, Registrations> found = new ConcurrentHashMap<>();
  private final Map<String, FallbackTimeout> patience = new ConcurrentHashMap<>();
  private volatile Map<FanoutName, String> services = Map.of();

  /**
   * @param saved the nodes that an earlier process found, by service
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
    this.etcd = new EtcdDiscovery(options, new Told());
  }

  /** On discovery's thread. */
  private final class Told implements EtcdDiscovery.Listener {
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
   * From now on these specs' services are looked for, and no others. What is known of the others is
   * forgotten, so the specs that need it no longer are handed over first.
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
    patience.keySet().retainAll(names);
    names.forEach(
        service -> patience.computeIfAbsent(service, _ -> new FallbackTimeout(nanoClock)));
    etcd.setServices(names);
  }

  /** The services that are looked for. */
  Set<String> wanted() {
    return Set.copyOf(services.values());
  }

  /** The service that the fanout's nodes register under; empty where they do not. */
  Optional<String> serviceOf(FanoutName fanout) {
    return Optional.ofNullable(services.get(fanout));
  }

  /** Returns why the fanout's nodes are not known, one line; empty where they are. */
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

  /** Serves what was saved of those services that etcd takes too long to answer for. */
  void fallBack() {
    unanswered()
        .forEach(
            (service, why) -> {
              FallbackTimeout waiting = patience.get(service);
              boolean failed = etcd.hasFailed(service);
              if (waiting != null && waiting.isOver(failed)) {
                serveSaved(service, why);
              }
            });
  }

  private synchronized void serveSaved(String service, String why) {
    // The answer may have come meanwhile, or nobody needs it any more.
    if (!etcd.answered(service) && wanted().contains(service)) {
      saved.serve(service, why).ifPresent(nodes -> handOver(service, nodes));
    }
  }

  /** The services that nothing is known of yet, and why etcd has not answered, each in one line. */
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
   * Of the services that something is known of, those of which etcd gives nothing newer, and why,
   * each in one line.
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

  /** What is known of each service that is looked for. */
  Map<String, Optional<Registrations>> view() {
    Map<String, Optional<Registrations>> view = new HashMap<>();
    wanted().forEach(service -> view.put(service, Optional.ofNullable(found.get(service))));
    return view;
  }

  /** As of when the nodes are, of each service whose nodes are only saved ones. */
  SortedMap<String, Instant> savedAsOf() {
    SortedMap<String, Instant> asOf = new TreeMap<>(saved.served());
    asOf.keySet().retainAll(wanted());
    return asOf;
  }

  /** What etcd said last of each service that is looked for, to be saved. */
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
