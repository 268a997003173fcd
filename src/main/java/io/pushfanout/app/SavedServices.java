package io.pushfanout.app;

import io.pushfanout.checkpoint.SavedNodes;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The saved nodes of services. Nodes of an earlier process are served until etcd answers; the last
 * answer of etcd is kept for the next process. Any thread may call its methods.
 */
final class SavedServices {
  private static final Logger log = LoggerFactory.getLogger(SavedServices.class);

  private final Clock clock;

  /** Saved nodes of the services for which etcd has not answered yet. */
  private final Map<String, SavedNodes> saved;

  /** The services served from saved nodes, each with the time at which its nodes were current. */
  private final Map<String, Instant> served = new HashMap<>();

  private final Map<String, SavedNodes> lastGood = new HashMap<>();

  SavedServices(Map<String, SavedNodes> saved, Clock clock) {
    this.saved = new HashMap<>(saved);
    this.clock = clock;
  }

  /** Records that etcd has listed this service, now or earlier. */
  synchronized void answered(String service, Registrations now) {
    saved.remove(service);
    if (served.remove(service) != null) {
      log.info("etcd tells the nodes of {}: they take the place of the saved ones", service);
    }
    if (!now.degraded()) {
      lastGood.put(service, new SavedNodes(clock.instant(), now.nodes()));
    }
  }

  /**
   * Serves the saved nodes, because etcd has not answered in time.
   *
   * @return the saved nodes; empty if there are none or they are served already
   */
  synchronized Optional<Registrations> serve(String service, String why) {
    SavedNodes nodes = saved.get(service);
    if (nodes == null || served.putIfAbsent(service, nodes.asOf()) != null) {
      return Optional.empty();
    }
    log.warn(
        "etcd has not answered for {}: serving the nodes saved as of {} ({}): {}",
        service,
        nodes.asOf(),
        nodes.nodes().size(),
        why);
    return Optional.of(
        new Registrations(nodes.nodes(), List.of(), Set.of(), new Trouble(false, why)));
  }

  /**
   * Forgets a service that is no longer watched. Etcd's nodes would be too old if a later spec
   * names the service; saved nodes may be served again if etcd has not answered since the start.
   */
  synchronized void forget(String service) {
    served.remove(service);
    lastGood.remove(service);
  }

  synchronized boolean serves(String service) {
    return served.containsKey(service);
  }

  /**
   * Returns the services served from saved nodes, each with the time at which its nodes were
   * current.
   */
  synchronized Map<String, Instant> served() {
    return Map.copyOf(served);
  }

  /**
   * Returns the nodes of etcd's last answer.
   *
   * @param current whether the watch in etcd works, so that the nodes are current now
   */
  synchronized Optional<SavedNodes> lastGood(String service, boolean current) {
    SavedNodes last = lastGood.get(service);
    if (last != null && current) {
      last = new SavedNodes(clock.instant(), last.nodes());
      lastGood.put(service, last);
    }
    return Optional.ofNullable(last);
  }
}
