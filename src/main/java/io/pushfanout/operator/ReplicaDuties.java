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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a replica owes to the API server: its Lease, its entry in each resource's status, and where
 * it is elected the summaries and the Events. For one thread, for one session.
 */
final class ReplicaDuties {
  /** What fails where PushFanouts cannot be listed. */
  static final String LIST = "the list of PushFanouts";

  /** How often the watch is compared with a list, and a write is tried. */
  private static final Duration CHECK = Duration.ofSeconds(15);

  /** The same where the last one has failed. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

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
  private final Outage leasing;
  private final Outage electing;
  private final Outage reporting;
  private final Outage summarizing;
  private final Outage telling;
  private final Outage checking;
  private final Outage confirming;

  /** The last check has failed. */
  private boolean doubted;

  ReplicaDuties(
      KubernetesOptions options,
      KubernetesSession session,
      Resources resources,
      Supplier<List<FanoutSnapshot>> snapshots,
      ApiHealth health) {
    this.session = session;
    this.resources = resources;
    this.snapshots = snapshots;
    KubernetesClient client = session.client();
    Clock clock = Clock.systemUTC();
    Leases leases = new Leases(client, leaseNamespace(options, client), options.leaseName(), clock);
    StatusWriter writer = new StatusWriter(client, options.leaseName());
    this.election = new Election(leases, options.replica(), nanoClock);
    this.replicas = new Replicas(leases, options.replica(), nanoClock);
    this.reports = new ReplicaReports(options.replica(), writer, nanoClock);
    this.events =
        new FanoutEvents(new EventWriter(client, options.replica(), clock)::write, nanoClock);
    this.summaries =
        new Summaries(writer, replicas, election::leads, events::flipped, clock, nanoClock);
    this.leasing = new Outage("the Lease of this replica", health, nanoClock);
    this.electing = new Outage("the election", health, nanoClock);
    this.reporting = new Outage("this replica's entries in the status", health, nanoClock);
    this.summarizing = new Outage("the summaries in the status", health, nanoClock);
    this.telling = new Outage("Events", health, nanoClock);
    this.checking = new Outage(LIST, health, nanoClock);
    this.confirming = new Outage("a write of the status", health, nanoClock);
  }

  private static String leaseNamespace(KubernetesOptions options, KubernetesClient client) {
    return Optional.ofNullable(options.leaseNamespace())
        .or(() -> Optional.ofNullable(client.getNamespace()))
        .orElse("default");
  }

  /**
   * Once a second. Each duty is tried, whatever became of the others, unless nobody answers.
   *
   * @return whether the session is of further use: false when its watch tells nothing any more
   */
  boolean tick() {
    boolean leads = election.leads();
    if (!leads) {
      events.forget();
    }
    // The Lease first: an entry whose Lease stands still is a dead replica's.
    boolean answered = leasing.attempt(replicas::tick) && electing.attempt(election::tick);
    if (answered) {
      View now = view();
      answered =
          report(now)
              && summarize(now)
              && (!leads || telling.attempt(() -> events.tell(now.resources(), now.running())));
    }
    return !answered || check.isDoneWithin(doubted ? AGAIN : CHECK) || !watchIsDeaf();
  }

  /** What this replica runs, into its own entries. */
  void report() {
    boolean _ = report(view());
  }

  /** The same, and the conditions and sums of all replicas where that is ours to do. */
  void reportAndSummarize() {
    View now = view();
    boolean _ = report(now) && summarize(now);
  }

  private boolean report(View now) {
    return reporting.attempt(() -> reports.write(now.resources(), now.running()));
  }

  private boolean summarize(View now) {
    return summarizing.attempt(
        () -> {
          summaries.write(now.resources(), now.running());
          if (election.leads()) {
            replicas.bury();
          }
        });
  }

  /** The resources, and what runs of them. */
  private record View(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> running) {}

  /** Each view takes the ledger of every node: one for all that is written at a time. */
  private View view() {
    Map<FanoutName, FanoutSnapshot> running = new HashMap<>();
    snapshots.get().forEach(fanout -> running.put(fanout.name(), fanout));
    return new View(resources.all(), running);
  }

  /**
   * Lists and writes once, for nothing else may be due for hours: a right that is gone is seen all
   * the same.
   */
  private boolean watchIsDeaf() {
    AtomicBoolean deaf = new AtomicBoolean();
    AtomicBoolean works = new AtomicBoolean();
    check.done();
    boolean answered =
        checking.attempt(
            () -> {
              deaf.set(isBehind(session.list()));
              if (!deaf.get()) {
                resources.confirm();
              }
              works.set(true);
            });
    AtomicBoolean written = new AtomicBoolean();
    if (answered) {
      View now = view();
      boolean _ =
          confirming.attempt(
              () -> {
                reports.confirm(now.resources(), now.running());
                written.set(true);
              });
    }
    doubted = !(works.get() && written.get());
    return deaf.get();
  }

  private boolean isBehind(Listing served) {
    return !served.unknown().equals(session.unknown())
        || watchCheck.isDeaf(served.versions(), resources.versions(served.unknown()));
  }

  /** This replica ends: its entries and its Leases go, each as far as it can. */
  void leave() {
    // The Lease first: who sees an entry go must not wait for its replica.
    if (leasing.attempt(replicas::leave) && electing.attempt(election::resign)) {
      List<KnownResource> all = resources.all();
      summarizing.attempt(
          () -> {
            if (replicas.isLast()) {
              summaries.leave(all);
              events.tell(all, Map.of());
            }
          });
      reporting.attempt(() -> reports.withdraw(all));
    }
  }
}
