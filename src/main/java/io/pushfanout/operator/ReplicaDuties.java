package io.pushfanout.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a replica owes to the API server: its Lease, its entry in each resource's status, and where
 * it is elected the summaries and the Events. For one thread, for one session.
 */
final class ReplicaDuties {
  /** How often the watch is compared with a list. */
  private static final Duration CHECK = Duration.ofSeconds(30);

  /** How often Events are looked for: a kind of thing is told once in that time. */
  private static final Duration TELL = Duration.ofSeconds(5);

  private final KubernetesSession session;
  private final Resources resources;
  private final Supplier<List<FanoutSnapshot>> snapshots;
  private final LongSupplier nanoClock = System::nanoTime;
  private final Election election;
  private final Replicas replicas;
  private final ReplicaReports reports;
  private final Summaries summaries;
  private final FanoutEvents events;
  private final WatchCheck watchCheck = new WatchCheck();
  private final Every check = new Every(CHECK, nanoClock);
  private final Every tell = new Every(TELL, nanoClock);

  ReplicaDuties(
      KubernetesOptions options,
      KubernetesSession session,
      Resources resources,
      Supplier<List<FanoutSnapshot>> snapshots) {
    this.session = session;
    this.resources = resources;
    this.snapshots = snapshots;
    KubernetesClient client = session.client();
    Clock clock = Clock.systemUTC();
    Leases leases = new Leases(client, leaseNamespace(options, client), options.leaseName(), clock);
    StatusWriter writer = new StatusWriter(client);
    this.election = new Election(leases, options.replica(), nanoClock);
    this.replicas = new Replicas(leases, options.replica(), nanoClock);
    this.reports = new ReplicaReports(options.replica(), writer, nanoClock);
    this.summaries = new Summaries(writer, replicas, clock, nanoClock);
    this.events = new FanoutEvents(new EventWriter(client, options.replica(), clock));
  }

  private static String leaseNamespace(KubernetesOptions options, KubernetesClient client) {
    return Optional.ofNullable(options.leaseNamespace())
        .or(() -> Optional.ofNullable(client.getNamespace()))
        .orElse("default");
  }

  /** Once a second. */
  void tick() {
    try {
      replicas.tick(); // First: an entry whose Lease stands still is a dead replica's.
      election.tick();
    } finally {
      report(); // Who may not hold Leases can still say this.
    }
    summarize();
    if (election.leads()) {
      replicas.bury();
      if (tell.isDue()) {
        events.tell(resources.all(), byName());
      }
    } else {
      events.forget();
    }
  }

  /** What this replica runs, into its own entries. */
  void report() {
    reports.write(resources.all(), byName());
  }

  /** The conditions and sums of all replicas, when that is ours to do. */
  void summarize() {
    if (election.leads()) {
      summaries.write(resources.all(), byName());
    }
  }

  private Map<FanoutName, FanoutSnapshot> byName() {
    Map<FanoutName, FanoutSnapshot> byName = new HashMap<>();
    snapshots.get().forEach(fanout -> byName.put(fanout.name(), fanout));
    return byName;
  }

  /** Whether the session is to begin anew, for its watch tells nothing any more. */
  boolean watchIsDeaf() {
    return check.isDue()
        && watchCheck.isDeaf(Resources.versions(session.list().stream()), resources.versions());
  }

  /** This replica ends: its entries and its Leases go. */
  void leave() {
    replicas.leave(); // First: who sees an entry go must not wait for its replica.
    election.resign();
    reports.withdraw(resources.all());
  }
}
