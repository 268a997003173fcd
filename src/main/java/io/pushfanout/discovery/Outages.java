package io.pushfanout.discovery;

import io.pushfanout.discovery.source.Availability.OutageListener;
import io.pushfanout.plan.Registrations.Trouble;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of etcd's outages, for all services: one line when an outage begins, one when it ends, and
 * one between them if the first names no cause.
 */
final class Outages implements OutageListener {
  private static final Logger log = LoggerFactory.getLogger(Outages.class);

  private final String where;
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, String> refused = new HashMap<>();

  /** Whether the log names a cause of the present outage. */
  private boolean explained;

  /**
   * @param where etcd's endpoints, for messages
   */
  Outages(String where) {
    this.where = where;
  }

  /** Logs the begin of an outage, and once more its cause if only a later attempt finds one. */
  @Override
  public void unreachable(String service, Trouble failure) {
    if (unreachable.isEmpty()) {
      log.warn(
          "etcd is not reachable at {}, the nodes last known stay: {}", where, failure.reason());
      explained = EtcdFailure.namesCause(failure.reason());
    } else if (!explained && EtcdFailure.namesCause(failure.reason())) {
      log.warn("etcd is still not reachable at {}: {}", where, failure.reason());
      explained = true;
    }
    unreachable.add(service);
  }

  @Override
  public void refused(String service, String reason) {
    if (!reason.equals(refused.put(service, reason))) {
      log.warn("etcd refuses to list the nodes of {}: {}", service, reason);
    }
  }

  @Override
  public void restored(String service) {
    if (refused.remove(service) != null) {
      log.info("etcd lists the nodes of {} again", service);
    }
    if (unreachable.remove(service) && unreachable.isEmpty()) {
      log.info("etcd is back at {}", where);
    }
  }

  @Override
  public void forget(String service) {
    refused.remove(service);
    unreachable.remove(service);
  }
}
