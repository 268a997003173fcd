package io.pushfanout.discovery;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of etcd's outages: one line when an outage begins and one when it ends, for all services.
 */
final class Outages {
  private static final Logger log = LoggerFactory.getLogger(Outages.class);

  private final String where;
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, String> refused = new HashMap<>();

  /**
   * @param where etcd's endpoints, for messages
   */
  Outages(String where) {
    this.where = where;
  }

  void unreachable(String service, String reason) {
    if (unreachable.isEmpty()) {
      log.warn("etcd is not reachable at {}, the nodes last known stay: {}", where, reason);
    }
    unreachable.add(service);
  }

  void refused(String service, String reason) {
    if (!reason.equals(refused.put(service, reason))) {
      log.warn("etcd refuses to list the nodes of {}: {}", service, reason);
    }
  }

  void restored(String service) {
    if (refused.remove(service) != null) {
      log.info("etcd lists the nodes of {} again", service);
    }
    if (unreachable.remove(service) && unreachable.isEmpty()) {
      log.info("etcd is back at {}", where);
    }
  }

  void forget(String service) {
    refused.remove(service);
    unreachable.remove(service);
  }
}
