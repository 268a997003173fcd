package io.pushfanout.app;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of services as an earlier process knew them, until etcd tells them, and as etcd told
 * them last, for the next process. Any thread may call it.
 */
final class SavedServices {
  private static final Logger log = LoggerFactory.getLogger(SavedServices.class);

  private final Clock clock;

  /** Those that etcd has not told of yet. */
  private final Map<String, SavedNodes> saved;

  private final Map<String, Instant> served = new HashMap<>();
  private final Map<String, SavedNodes> lastGood = new HashMap<>();

  SavedServices(Map<String, SavedNodes> saved, Clock clock) {
    this.saved = new HashMap<>(saved);
    this.clock = clock;
  }

  /** Etcd has given a list of this service, now or earlier. */
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
   * Etcd takes too long.
   *
   * @return what was saved, where there is something that is not served yet
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
   * Etcd is no longer asked about a service. What it told is too old for whoever asks anew; what
   * was saved before the start, and etcd has not spoken of since, may be served again as what it
   * is.
   */
  synchronized void forget(String service) {
    served.remove(service);
    lastGood.remove(service);
  }

  synchronized boolean serves(String service) {
    return served.containsKey(service);
  }

  /** As of when each is that is served as it was saved. */
  synchronized Map<String, Instant> served() {
    return Map.copyOf(served);
  }

  /**
   * The nodes as etcd told them last.
   *
   * @param current whether it would tell of a change now, so that they are as of now
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
