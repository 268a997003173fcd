package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The election of the replica that writes the summaries, by a Lease. Another replica's Lease
 * expires when this replica's monotonic clock has seen no change for {@link #EXPIRES}, so replicas
 * agree even with wall clocks hours apart; the client library's elector compares wall clocks. Two
 * replicas may lead for a moment: they write the same.
 *
 * <p>No message and no setting waits for the election. For one thread.
 */
final class Election {
  private static final Logger log = LoggerFactory.getLogger(Election.class);

  /** Time without a renewal after which another replica may take the Lease. */
  static final Duration EXPIRES = Duration.ofSeconds(15);

  static final Duration RENEW = Duration.ofSeconds(4);

  /**
   * Time after the last renewal during which a holder leads: it stops 5 s before another may begin.
   */
  private static final Duration TRUSTED = Duration.ofSeconds(10);

  private final Leases leases;
  private final String replica;
  private final LongSupplier nanoClock;
  private final ObservedLeases stillness;
  private boolean leads;
  private long renewedNanos;

  Election(Leases leases, String replica, LongSupplier nanoClock) {
    this.leases = leases;
    this.replica = replica;
    this.nanoClock = nanoClock;
    this.stillness = new ObservedLeases(nanoClock);
  }

  /** Returns whether this replica writes the summaries now. */
  boolean leads() {
    return leads && sinceRenewal().compareTo(TRUSTED) < 0;
  }

  /** Renews the Lease when that is due, or tries to acquire it. */
  void tick() {
    if (leads() && sinceRenewal().compareTo(RENEW) < 0) {
      return;
    }
    boolean led = leads;
    try {
      leads = holds();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      leads = false; // Another replica was quicker; the next read shows the holder.
    }
    if (leads) {
      renewedNanos = nanoClock.getAsLong();
    }
    if (leads != led) {
      log.info(
          "this replica {} the summaries of the status", leads ? "writes" : "no longer writes");
    }
  }

  private boolean holds() {
    Lease lease = leases.get(leases.election());
    if (lease == null) {
      leases.create(leases.election(), replica, (int) EXPIRES.toSeconds());
      return true;
    }
    String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
    if (replica.equals(holder) || holder == null || holder.isEmpty() || hasRunOut(lease)) {
      leases.update(lease, replica);
      return true;
    }
    return false;
  }

  private boolean hasRunOut(Lease lease) {
    String version = lease.getMetadata().getResourceVersion();
    return stillness.of(leases.election(), version).compareTo(EXPIRES) > 0;
  }

  private Duration sinceRenewal() {
    return Duration.ofNanos(nanoClock.getAsLong() - renewedNanos);
  }

  /** Releases the Lease, so that another replica can take over at once. */
  void resign() {
    if (!leads) {
      return;
    }
    leads = false;
    Lease lease = leases.get(leases.election());
    if (lease != null && replica.equals(lease.getSpec().getHolderIdentity())) {
      leases.update(lease, "");
    }
  }
}
