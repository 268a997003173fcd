package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live replicas. Each renews a Lease of its own, and each watches whether the others' Leases
 * move, so that a new writer of summaries has their ages already. For one thread.
 */
final class Replicas {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** Time without movement of its Lease after which a replica is gone. */
  static final Duration GONE = Duration.ofSeconds(40);

  static final Duration RENEW = Duration.ofSeconds(10);
  static final Duration LOOK = Duration.ofSeconds(5);

  /** Time without a look after which the ages of Leases are unknown and start from zero. */
  private static final Duration BLIND = Duration.ofSeconds(15);

  private final Leases leases;
  private final String self;
  private final PeriodicCheck renewal;
  private final PeriodicCheck look;
  private final ObservedLeases stillness;
  private final Map<String, Duration> still = new HashMap<>();

  Replicas(Leases leases, String self, LongSupplier nanoClock) {
    this.leases = leases;
    this.self = self;
    this.renewal = new PeriodicCheck(RENEW, nanoClock);
    this.look = new PeriodicCheck(LOOK, nanoClock);
    this.stillness = new ObservedLeases(nanoClock);
  }

  /** Renews this replica's Lease and looks at the others', each when it is due. */
  void tick() {
    if (renewal.isDue()) {
      leases.hold(leases.of(self), self, (int) GONE.toSeconds());
      renewal.done();
    }
    if (look.isDue()) {
      look();
    }
  }

  /** Reads the others' Leases now. */
  void look() {
    look(leases.ofReplicas());
  }

  private void look(List<Lease> found) {
    if (!look.isDoneWithin(BLIND)) {
      stillness.reset();
    }
    look.done();
    still.clear();
    for (Lease lease : found) {
      String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
      if (holder != null && leases.of(holder).equals(lease.getMetadata().getName())) {
        still.put(holder, stillness.of(holder, lease.getMetadata().getResourceVersion()));
      }
    }
  }

  /**
   * Returns the replicas with moving Leases: a generation is programmed when all of them run it.
   */
  Set<String> alive() {
    return still.entrySet().stream()
        .filter(e -> e.getKey().equals(self) || e.getValue().compareTo(GONE) < 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns the replicas among these with Leases that have not moved for {@link #GONE}. The time of
   * a replica without a Lease starts with its first call.
   */
  Set<String> gone(Set<String> names) {
    return names.stream()
        .filter(name -> !name.equals(self))
        .filter(name -> stillFor(name).compareTo(GONE) >= 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  private Duration stillFor(String name) {
    Duration known = still.get(name);
    return known == null ? stillness.of(name, "no lease") : known;
  }

  /** Deletes the Leases of replicas that have been still for twice {@link #GONE}. */
  void deleteGone() {
    Set<String> dead =
        still.entrySet().stream()
            .filter(e -> !e.getKey().equals(self))
            .filter(e -> e.getValue().compareTo(GONE.multipliedBy(2)) >= 0)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    for (String name : dead) {
      log.info("replica {} is gone", name);
      leases.delete(leases.of(name));
      still.remove(name);
    }
  }

  /** Returns whether this is the only live replica, by a new read of the Leases. */
  boolean isLast() {
    look();
    return alive().stream().allMatch(self::equals);
  }

  /** Deletes this replica's Lease at once: the replica ends. */
  void leave() {
    leases.delete(leases.of(self));
  }
}
