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
 * Who of the replicas lives: each renews a Lease of its own, and everyone watches whether the
 * others' move. Everyone, so that a new writer of summaries need not begin to count. For one
 * thread.
 */
final class Replicas {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** A replica whose Lease has not moved for this long is gone. */
  static final Duration GONE = Duration.ofSeconds(40);

  static final Duration RENEW = Duration.ofSeconds(10);
  static final Duration LOOK = Duration.ofSeconds(5);

  /** Not having looked for this long, we cannot say what has moved. */
  private static final Duration BLIND = Duration.ofSeconds(15);

  private final Leases leases;
  private final String self;
  private final Every renewal;
  private final Every look;
  private final Stillness stillness;
  private final Map<String, Duration> still = new HashMap<>();

  Replicas(Leases leases, String self, LongSupplier nanoClock) {
    this.leases = leases;
    this.self = self;
    this.renewal = new Every(RENEW, nanoClock);
    this.look = new Every(LOOK, nanoClock);
    this.stillness = new Stillness(nanoClock);
  }

  /** Renews our Lease and looks at the others', each when it is time. */
  void tick() {
    if (renewal.isDue()) {
      leases.hold(leases.of(self), self, (int) GONE.toSeconds());
      renewal.done();
    }
    if (look.isDue()) {
      look();
    }
  }

  /** Looks at the others' Leases now. */
  void look() {
    look(leases.ofReplicas());
  }

  private void look(List<Lease> found) {
    if (!look.isDoneWithin(BLIND)) {
      stillness.forget();
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

  /** Those that have to run a generation before all do: their Leases move, as far as we know. */
  Set<String> alive() {
    return still.entrySet().stream()
        .filter(e -> e.getKey().equals(self) || e.getValue().compareTo(GONE) < 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Of these, whose Leases have not moved for as long as it takes to be gone; one that has no Lease
   * is counted from when it was first asked for.
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

  /** Takes the Leases of the gone away. */
  void bury() {
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

  /** Whether nobody but this replica lives, as the API server has it now. */
  boolean isLast() {
    look();
    return alive().stream().allMatch(self::equals);
  }

  /** This replica ends: its Lease goes at once. */
  void leave() {
    leases.delete(leases.of(self));
  }
}
