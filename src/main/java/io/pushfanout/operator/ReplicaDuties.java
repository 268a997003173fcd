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
 * The duties of a replica at the API server: its Lease, its entry in each resource's status, and
 * while it is elected the summaries and the Events. For one thread, for one session.
 */
final class ReplicaDuties {
  /** The duty that fails when PushFanouts cannot be listed. */
  static final String LIST = "the list of PushFanouts";

  /** Time between two checks: a comparison of the watch with a list, and a write. */
  private static final Duration CHECK = Duration.ofSeconds(15);

  /** Time between two checks after one that failed. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final KubernetesSession session;
  private final Resources resources;
  private final Supplier<List<FanoutSnapshot>> snapshots;
  private final LongSupplier nanoClock = System::nanoTime;
  private final Election election;
  private final Replicas replicas;
  private final ReplicaReports reports;
  private final StatusAggregator aggregator;
  private final EventDiff events;
  private final WatchStalenessCheck watchCheck = new WatchStalenessCheck();
  private final PeriodicCheck check = new PeriodicCheck(CHECK, nanoClock);
  private final OutageLog leasing;
  private final OutageLog electing;
  private final OutageLog reporting;
  private final OutageLog summarizing;
  private final OutageLog writingEvents;
  private final OutageLog checking;
  private final OutageLog confirming;

  /** Whether the last check failed. */
  private boolean checkFailed;

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
    StatusWriter writer = new StatusWriter(client, options.leaseName(), nanoClock);
    this.election = new Election(leases, options.replica(), nanoClock);
    this.replicas = new Replicas(leases, options.replica(), nanoClock);
    this.reports = new ReplicaReports(options.replica(), writer, nanoClock);
    this.events =
        new EventDiff(new EventWriter(client, options.replica(), clock)::write, nanoClock);
    this.aggregator =
        new StatusAggregator(writer, replicas, election::leads, events::flipped, clock, nanoClock);
    this.leasing = new OutageLog("the Lease of this replica", health, nanoClock);
    this.electing = new OutageLog("the election", health, nanoClock);
    this.reporting = new OutageLog("this replica's entries in the status", health, nanoClock);
    this.summarizing = new OutageLog("the summaries in the status", health, nanoClock);
    this.writingEvents = new OutageLog("Events", health, nanoClock);
    this.checking = new OutageLog(LIST, health, nanoClock);
    this.confirming = new OutageLog("a write of the status", health, nanoClock);
  }

  private static String leaseNamespace(KubernetesOptions options, KubernetesClient client) {
    return Optional.ofNullable(options.leaseNamespace())
        .or(() -> Optional.ofNullable(client.getNamespace()))
        .orElse("default");
  }

  /**
   * Runs the duties, once a second. A failed duty does not stop the others, unless the API server
   * does not answer.
   *
   * @return whether the session can be kept: false when its watch has stalled
   */
  boolean tick() {
    boolean leads = election.leads();
    if (!leads) {
      events.reset();
    }
    // The Lease first: an entry without a moving Lease belongs to a dead replica.
    boolean answered = leasing.attempt(replicas::tick) && electing.attempt(election::tick);
    if (answered) {
      View now = view();
      answered =
          report(now)
              && summarize(now)
              && (!leads
                  || writingEvents.attempt(() -> events.write(now.resources(), now.running())));
    }
    return !answered || check.isDoneWithin(checkFailed ? AGAIN : CHECK) || !watchHasStalled();
  }

  /** Writes this replica's entries. */
  void report() {
    boolean _ = report(view());
  }

  /**
   * Writes this replica's entries, and the conditions and sums of all replicas if it is elected.
   */
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
          aggregator.write(now.resources(), now.running());
          if (election.leads()) {
            replicas.deleteGone();
          }
        });
  }

  /** The resources and their running fanouts. */
  private record View(List<TrackedResource> resources, Map<FanoutName, FanoutSnapshot> running) {}

  /** Takes a view for all writes of one moment: each view reads the ledger of every node. */
  private View view() {
    Map<FanoutName, FanoutSnapshot> running = new HashMap<>();
    snapshots.get().forEach(fanout -> running.put(fanout.name(), fanout));
    return new View(resources.all(), running);
  }

  /**
   * Lists once and writes once, and returns whether the watch has stalled. No other request may be
   * due for hours, and a right that was revoked must show all the same.
   */
  private boolean watchHasStalled() {
    AtomicBoolean stalled = new AtomicBoolean();
    AtomicBoolean works = new AtomicBoolean();
    check.done();
    boolean answered =
        checking.attempt(
            () -> {
              stalled.set(isBehind(session.list()));
              if (!stalled.get()) {
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
    checkFailed = !(works.get() && written.get());
    return stalled.get();
  }

  private boolean isBehind(ResourceList served) {
    return !served.unknown().equals(session.unknown())
        || watchCheck.hasStalled(served.versions(), resources.versions(served.unknown()));
  }

  /**
   * Deletes this replica's Leases and entries as far as each request succeeds: the replica ends.
   */
  void leave() {
    // The Lease first: a reader that sees an entry gone must not still count the replica as alive.
    if (leasing.attempt(replicas::leave) && electing.attempt(election::resign)) {
      List<TrackedResource> all = resources.all();
      summarizing.attempt(
          () -> {
            if (replicas.isLast()) {
              aggregator.leave(all);
              events.write(all, Map.of());
            }
          });
      reporting.attempt(() -> reports.withdraw(all));
    }
  }
}
