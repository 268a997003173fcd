package io.pushfanout.app;

import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.checkpoint.Checkpointed.Origin;
import io.pushfanout.discovery.EtcdDiscovery;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registrations of the services that the specs name: watches them in etcd and passes them on.
 * If etcd does not answer for a service, its saved nodes are passed on. Any thread may call its
 * methods.
 */
final class Registry implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Registry.class);

  private final DesiredState desired;
  private final EtcdDiscovery etcd;
  private final LongSupplier nanoClock;
  private final Clock clock;

  /** The checkpoints of the services for which etcd has not answered since the start. */
  private final Map<String, Checkpoint<Set<NodeAddress>>> saved;

  private final Map<String, Registrations> found = new ConcurrentHashMap<>();
  private final Map<String, Checkpointed<Set<NodeAddress>>> nodes = new ConcurrentHashMap<>();
  private volatile Map<FanoutName, String> services = Map.of();

  /**
   * @param saved the checkpoints of an earlier process, by service
   */
  Registry(
      EtcdOptions options,
      DesiredState desired,
      Map<String, Checkpoint<Set<NodeAddress>>> saved,
      LongSupplier nanoClock,
      Clock clock) {
    this.desired = desired;
    this.saved = new ConcurrentHashMap<>(saved);
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.etcd = new EtcdDiscovery(options, new DiscoveryListener());
  }

  /** A listener that is called on the thread of the discovery. */
  private final class DiscoveryListener implements EtcdDiscovery.Listener {
    @Override
    public void registrations(String service, Registrations now) {
      synchronized (Registry.this) {
        saved.remove(service);
        if (!now.degraded() && nodesOf(service).offerLive(now.nodes()) == Origin.RESTORED) {
          log.info("etcd has answered for {}: its nodes replace the saved ones", service);
        }
        handOver(service, now);
      }
    }

    @Override
    public void unanswered(String service, Trouble why) {
      desired.unanswered(service, why);
    }

    /**
     * Forgets the nodes: etcd's would be too old if a later spec names the service. The checkpoint
     * stays, and may be restored again, if etcd has not answered since the start.
     */
    @Override
    public void forgotten(String service) {
      synchronized (Registry.this) {
        found.remove(service);
        nodes.remove(service);
        desired.forget(service);
      }
    }
  }

  private Checkpointed<Set<NodeAddress>> nodesOf(String service) {
    return nodes.computeIfAbsent(
        service, name -> new Checkpointed<>(saved.get(name), nanoClock, clock));
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
    // Discovery reports the others as forgotten.
    nodes.keySet().removeIf(service -> !names.contains(service) && !found.containsKey(service));
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
        .filter(service -> !found.containsKey(service))
        .map(service -> "etcd has not answered yet (%s)".formatted(whyUnanswered(service)));
  }

  private String whyUnanswered(String service) {
    return etcd.problem(service).orElse("no answer yet");
  }

  /** Serves the saved nodes of services for which etcd has not answered in time. */
  synchronized void fallBack() {
    for (String service : wanted()) {
      nodesOf(service)
          .fallBack(etcd.hasFailed(service))
          .ifPresent(restored -> serveSaved(service, restored, whyUnanswered(service)));
    }
  }

  private void serveSaved(String service, Checkpoint<Set<NodeAddress>> restored, String why) {
    Set<NodeAddress> saved = restored.value();
    log.warn(
        "etcd has not answered for {}: serving the nodes saved as of {} ({}): {}",
        service,
        restored.asOf(),
        saved.size(),
        why);
    handOver(service, new Registrations(saved, List.of(), Set.of(), new Trouble(false, why)));
  }

  /** Returns the services without any nodes known yet, each with the reason in one line. */
  SortedMap<String, String> unanswered() {
    SortedMap<String, String> unanswered = new TreeMap<>();
    for (String service : wanted()) {
      if (!found.containsKey(service)) {
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

  /** Returns the services that are served from saved nodes, each with the age of its nodes. */
  SortedMap<String, Duration> restoredAges() {
    SortedMap<String, Duration> ages = new TreeMap<>();
    for (String service : wanted()) {
      Optional.ofNullable(nodes.get(service))
          .flatMap(Checkpointed::restoredAge)
          .ifPresent(age -> ages.put(service, age));
    }
    return ages;
  }

  /** Returns the last good nodes of each watched service, to be saved. */
  Map<String, Checkpoint<Set<NodeAddress>>> lastGood() {
    Map<String, Checkpoint<Set<NodeAddress>>> last = new HashMap<>();
    for (String service : wanted()) {
      Checkpointed<Set<NodeAddress>> known = nodes.get(service);
      if (known != null) {
        if (etcd.answered(service) && etcd.problem(service).isEmpty()) {
          known.confirm();
        }
        known.live().ifPresent(checkpoint -> last.put(service, checkpoint));
      }
    }
    return last;
  }

  @Override
  public void close() {
    etcd.close();
  }
}
