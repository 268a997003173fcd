package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;

import io.pushfanout.broadcast.Recipients;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.Attempts;
import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.delivery.NodeLog;
import io.pushfanout.fanout.FanoutEngine.DrainResult;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Plan;
import io.pushfanout.plan.Plan.Operation;
import io.pushfanout.plan.Planner;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of the set of clients: it plans from the desired and the running state, and
 * applies the plan.
 *
 * <p>The applier's thread makes every change, also those that other threads request. Other threads
 * read only the state that it has published. Clients that take messages are opened and resized
 * first, then the new routes are published, then the others retire: no broadcast finds a gap.
 */
final class Applier {
  /**
   * Limit for a node that retires on its own, above every {@code drainTimeout}: that alone ends the
   * drain.
   */
  private static final Duration NO_LIMIT = Duration.ofDays(1);

  private final Connector connector;
  private final Totals totals;
  private final Executor thread;
  private final LongSupplier nanoClock;
  private final Clients clients = new Clients();
  private final ConflictLog conflicts;

  /** Limits of log lines about nodes. */
  private final LogLimits<LogParty> logLimits;

  private final RoomIndex rooms;
  private final MemoryBudget budget;
  private final MemoryMonitor memory;
  private final AtomicReference<@Nullable Request> latest = new AtomicReference<>();
  private final FailureLog failures = new FailureLog("applying the desired state");

  /** Futures of requests that are not applied yet. */
  private final List<CompletableFuture<Void>> pending = new ArrayList<>();

  private volatile @Nullable Routes routes;
  private List<DesiredFanout> desired = List.of();
  private volatile DrainResult left = DrainResult.NOTHING;
  private @Nullable CompletableFuture<DrainResult> shutdown;

  /** Whether the thread checks memory again as soon as it is free. */
  private boolean checksMemory;

  /** A key of log lines that are counted together. */
  private record LogParty(String namespace, NodeLog.Kind kind) {}

  private record Request(List<DesiredFanout> desired, CompletableFuture<Void> applied) {}

  Applier(
      Connector connector,
      Totals totals,
      MemoryBudget memory,
      RoomIndex rooms,
      Executor thread,
      LongSupplier nanoClock) {
    this.rooms = rooms;
    this.budget = memory;
    this.memory = new MemoryMonitor(memory, nanoClock);
    this.connector = connector;
    this.totals = totals;
    this.thread = thread;
    this.nanoClock = nanoClock;
    this.conflicts = new ConflictLog(nanoClock);
    this.logLimits = new LogLimits<>(NodeLog.LINES_OF_NAMESPACE, nanoClock);
  }

  /** Returns the routes; null before the first desired state. */
  @Nullable Routes routes() {
    return routes;
  }

  CompletableFuture<Void> apply(List<DesiredFanout> wanted) {
    Set<FanoutName> names = new HashSet<>();
    for (DesiredFanout fanout : wanted) {
      if (!names.add(fanout.name())) { // A retry would not help.
        return CompletableFuture.failedFuture(
            new IllegalArgumentException("two desired fanouts are named " + fanout.name()));
      }
    }
    Request request = new Request(wanted, new CompletableFuture<>());
    // A superseded request completes with its successor.
    Request superseded = latest.getAndSet(request);
    if (superseded == null) {
      thread.execute(this::applyLatest);
    } else {
      request.applied().whenComplete((_, _) -> superseded.applied().complete(null));
    }
    return request.applied();
  }

  private void applyLatest() {
    Request request = latest.getAndSet(null);
    if (request != null) {
      desired = request.desired();
      pending.add(request.applied());
    }
    applyPending();
  }

  /** Applies the pending requests. Never throws: a failure is retried at the next tick. */
  private void applyPending() {
    if (pending.isEmpty()) {
      return;
    }
    try {
      if (shutdown == null) {
        reconcile();
      }
      List<CompletableFuture<Void>> applied = List.copyOf(pending);
      pending.clear();
      applied.forEach(one -> one.complete(null));
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
    }
  }

  private void reconcile() {
    Plan plan = Planner.plan(desired, clients.running());
    conflicts.report(plan.conflicts());
    plan.operations().stream().filter(o -> !(o instanceof Operation.Retire)).forEach(this::perform);
    routes = routes(plan);
    plan.operations().stream().filter(o -> o instanceof Operation.Retire).forEach(this::perform);
  }

  private void perform(Operation operation) {
    switch (operation) {
      case Operation.Open(var node, var fanout, var settings) -> open(node, fanout, settings);
      case Operation.Resume(var node, var fanout, var settings) -> {
        BroadcastClient client = clients.get(node);
        if (client.resume()) {
          client.configure(fanout, settings, totals.of(fanout));
          client.reconnectNow();
        } else {
          open(node, fanout, settings); // The client has just closed; its report is on the way.
        }
      }
      case Operation.Resize(var node, var fanout, var settings) ->
          clients.get(node).configure(fanout, settings, totals.of(fanout));
      case Operation.Retire(var node) -> clients.get(node).retire(DropReason.RETIRED, NO_LIMIT);
    }
  }

  private void open(NodeAddress node, FanoutName fanout, FanoutSettings settings) {
    BroadcastClient client =
        new BroadcastClient(
            node,
            fanout,
            settings,
            totals.of(fanout),
            connector,
            new NodeLog(
                node, kind -> logLimits.of(new LogParty(fanout.namespace(), kind)), nanoClock),
            rooms,
            nanoClock,
            closed -> thread.execute(() -> onClosed(closed)));
    clients.add(client);
    try {
      client.start();
    } catch (RuntimeException | Error e) {
      clients.remove(client); // A retry must not find a client that does nothing.
      throw e;
    }
  }

  private Routes routes(Plan plan) {
    Map<FanoutName, DesiredFanout> byName = new HashMap<>();
    desired.forEach(fanout -> byName.put(fanout.name(), fanout));
    SortedMap<FanoutName, Routes.Route> byFanout = new TreeMap<>();
    plan.owned()
        .forEach(
            (name, nodes) -> {
              byFanout.put(
                  name,
                  new Routes.Route(
                      requireNonNull(byName.get(name)),
                      totals.of(name),
                      budget.of(name),
                      new Recipients(
                          nodes.stream().map(node -> clients.get(node).recipient()).toList(),
                          rooms),
                      plan.conflictsOf(name)));
            });
    return new Routes(byFanout);
  }

  /** Removes a client that has closed. */
  private void onClosed(BroadcastClient client) {
    clients.remove(client);
    if (shutdown != null) {
      left = left.plus(client.leftAtClose());
      completeShutdownIfOver(shutdown);
    }
  }

  /** Returns when each connected node was connected, in nanoseconds of the engine's clock. */
  Map<NodeAddress, Long> connectedSince() {
    return clients.connectedSince();
  }

  /** Reconnects these nodes now, without their remaining backoff. */
  void reconnect(Set<NodeAddress> nodes) {
    thread.execute(() -> clients.reconnect(nodes));
  }

  void tick() {
    applyLatest();
    Attempts each = new Attempts();
    each.attempt(clients::tick);
    if (!checksMemory) {
      each.attempt(this::checkMemory);
    }
    each.end();
  }

  private void checkMemory() {
    checksMemory = false;
    checksMemory = memory.check(clients.all());
    if (checksMemory) {
      thread.execute(Guarded.run("shedding", this::checkMemory));
    }
  }

  CompletableFuture<DrainResult> shutdown(Duration timeout) {
    CompletableFuture<DrainResult> done = new CompletableFuture<>();
    thread.execute(
        () -> {
          shutdown = done;
          clients.all().forEach(client -> client.retire(DropReason.SHUTDOWN, timeout));
          completeShutdownIfOver(done);
        });
    return done;
  }

  private void completeShutdownIfOver(CompletableFuture<DrainResult> done) {
    if (clients.isEmpty()) {
      done.complete(left);
    }
  }

  /** Returns the messages that would be left if the process ended now. */
  DrainResult leftover() {
    return left.plus(clients.leftNow());
  }

  List<FanoutSnapshot> snapshot() {
    Routes now = routes;
    return now == null ? List.of() : Snapshots.of(now, clients.all(), memory::problems);
  }
}
