package io.pushfanout.app;

import io.pushfanout.app.Service.Listening;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.broadcast.MessageIds;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.StepClock;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.connect.NettyConnector;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.history.History;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.management.DiscoverySeries;
import io.pushfanout.management.FanoutSeries;
import io.pushfanout.management.GrpcSeries;
import io.pushfanout.management.LimitSeries;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.ReloadSeries;
import io.pushfanout.management.RoomsReport;
import io.pushfanout.management.SavedStateSeries;
import io.pushfanout.management.StatusReport;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.PushGrpcServer;
import io.pushfanout.server.ServerSecurity;
import io.pushfanout.server.guard.Limits;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fan-out server: makes its parts, starts them in one order, and stops them in exactly the
 * reverse.
 *
 * <p>One thread starts and stops the server; any other may call {@link #abandon} at any time.
 */
public final class Server implements Service {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** Time for the last replies to be sent, once every queue is empty. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Time for callers to switch to another replica before this one refuses them. */
  private static final Duration AWAY_TIMEOUT = Duration.ofSeconds(1);

  private final Clock clock = Clock.systemUTC();
  private final ServeOptions options;
  private final @Nullable Handler<HttpServerRequest> otherPaths;
  private final ShutdownSequence stopOrder = new ShutdownSequence();
  private volatile @Nullable FanoutEngine engine;
  private @Nullable History history;
  private @Nullable Sources sources;
  private @Nullable PushGrpcServer grpc;
  private @Nullable ScheduledExecutorService applierThread;
  private @Nullable Future<?> historyTask;

  public Server(ServeOptions options) {
    this(options, null);
  }

  /**
   * @param otherPaths handles HTTP requests for paths that the server does not serve
   */
  public Server(ServeOptions options, @Nullable Handler<HttpServerRequest> otherPaths) {
    this.options = options;
    this.otherPaths = otherPaths;
  }

  @Override
  public Listening start() throws Exception {
    try {
      return startParts();
    } catch (Exception e) {
      stopOrder.stopAll();
      throw e;
    }
  }

  private Listening startParts() throws Exception {
    ReloadStatus reloads = new ReloadStatus();
    final TlsPart tls = TlsPart.open(options, reloads, stopOrder);
    final Checkpoints kept = Checkpoints.open(options.stateDir(), options.source().scope(), clock);
    Metrics metrics = new Metrics(Version.current());
    stopOrder.push("metrics", metrics::close);
    metrics.register(new ReloadSeries(reloads::successful));
    // The audit log opens before the loops start, so that it closes after the last call has ended.
    final AuditPart audit = AuditPart.start(options.auditLog(), metrics, stopOrder);
    // Like the audit log, tracing ends after the last call and the last delivery.
    final UnaryOperator<Broadcasts> tracing = TracingPart.start(options.tracing(), stopOrder);
    Totals totals = new Totals();
    Limits limits = options.callers().limits();
    MemoryBudget memory = new MemoryBudget(limits.memoryBudget());

    EventLoops loops = new EventLoops();
    stopOrder.push("event loops", loops::close);

    ScheduledExecutorService applier = Threads.scheduler("pushfanout-applier");
    stopOrder.push("applier", applier::shutdownNow);
    RoomIndex rooms = new RoomIndex(limits.maxRoomsPerNode());
    FanoutEngine fanouts =
        new FanoutEngine(
            new NettyConnector(loops, tls.profiles(), limits.maxConnections()),
            totals,
            memory,
            rooms,
            applier,
            StepClock::nanoTime,
            options.defaultTarget());
    engine = fanouts;
    fanouts.remember(
        MessageIds.beside(limits.memoryBudget(), limits.dedupeWindow(), StepClock::nanoTime));
    fanouts.start();
    DesiredState desired = new DesiredState(fanouts, applier, System::nanoTime);
    desired.start();
    Registry nodes =
        new Registry(
            Discoveries.of(options), desired, kept.atStart().services(), System::nanoTime, clock);
    stopOrder.push("discovery", nodes::close);
    fanouts.explainBy(fanout -> nodes.whyUnknown(fanout).map(why -> why + options.etcdHint()));
    fanouts.excuseBy(nodes::hasGivenUp);
    Sources known = new Sources(nodes, fanouts::whyUnavailable, applier);
    sources = known;
    metrics.register(new DiscoverySeries(nodes::view));
    metrics.register(new FanoutSeries(fanouts::snapshot, totals));
    CheckpointStatus saved = new CheckpointStatus(kept.specs(), nodes);
    metrics.register(new SavedStateSeries(kept.specs()::restoredAge, nodes::restoredAges));

    Authorizer authorizer = AuthPart.start(options.authMode(), tls, reloads, stopOrder);
    PushGrpcServer callers =
        new PushGrpcServer(
            options.callers(),
            loops.group(),
            loops.serverChannel(),
            tracing.apply(fanouts.broadcaster()),
            totals,
            memory,
            StepClock::nanoTime,
            ServerSecurity.of(tls.callers(), authorizer, audit.sink()));
    callers.start();
    grpc = callers;
    metrics.register(new GrpcSeries(callers::calls));
    metrics.register(
        new LimitSeries(
            memory, callers::connections, callers::connectionsRefused, callers::shareRefusals));
    metrics.register(tls.series(callers::failedHandshakes));
    stopOrder.push("gRPC", () -> callers.close(CLOSE_TIMEOUT));

    ManagementServer http =
        HttpPart.start(
            options,
            tls.callers(),
            new Readiness(
                known::isReady,
                () -> whyNotReady(known, nodes),
                new ReadyNote(saved, known, nodes, reloads)),
            metrics,
            new StatusReport(
                options.replicaName(),
                known::isReady,
                () -> problems(kept, known, reloads, audit, callers),
                () -> saved.addTo(fanouts.snapshot())),
            callers.entry(),
            totals,
            new RoomsReport(fanouts::routes),
            new PagePart(nodes, callers, known).data(),
            otherPaths,
            stopOrder);
    OwnAddresses own =
        OwnAddresses.of(options.callers().bind(), Set.of(callers.port(), http.port()));
    desired.refuse(own::whyNoNode);

    History happened = new History(fanouts::snapshot, System::nanoTime);
    history = happened;
    applierThread = applier;
    SpecSource specs =
        SpecSource.of(
            options.source(),
            kept.specs(),
            all -> {
              // The specs change first, so that no fanout in force uses a source that the registry
              // forgets.
              CompletableFuture<Void> inForce = desired.specs(all);
              happened.handedOver(all, inForce);
              nodes.serve(all);
              return inForce;
            },
            fanouts::snapshot,
            reloads,
            metrics);
    stopOrder.push("specs", specs::close);
    specs.start();
    stopOrder.push("saved state", kept::close);
    kept.keep(specs, nodes);
    known.start(specs, () -> callers.setReady(true));
    return Listening.on(options.callers().bind(), callers.port(), http.port());
  }

  @Override
  public void started() {
    log.info("{}", StartLine.of(options));
    if (!options.etcdHint().isEmpty()) {
      log.info("nodes are those that register in the default etcd{}", options.etcdHint());
    }
    options.warnings().forEach(warning -> log.warn("{}", warning));
    if (history != null && applierThread != null) {
      historyTask = history.start(applierThread);
    }
  }

  private String whyNotReady(Sources known, Registry nodes) {
    return known.whyNotReady() + (nodes.unanswered().isEmpty() ? "" : options.etcdHint());
  }

  /** Returns the problems of the process; those of fanouts are in their snapshots. */
  private List<Problem> problems(
      Checkpoints kept,
      Sources known,
      ReloadStatus reloads,
      AuditPart audit,
      PushGrpcServer callers) {
    List<Problem> problems = new ArrayList<>(kept.problems());
    known
        .specsProblem()
        .map(why -> new Problem("", ProblemReason.KUBERNETES_DEGRADED, "API server, " + why))
        .ifPresent(problems::add);
    problems.addAll(reloads.problems());
    problems.addAll(audit.problems());
    problems.addAll(callers.problems());
    options
        .warnings()
        .forEach(warning -> problems.add(new Problem("", ProblemReason.EXPOSED, warning)));
    return problems;
  }

  /** Returns the number of nodes that broadcasts reach now. */
  public int nodes() {
    FanoutEngine fanouts = engine;
    return fanouts == null
        ? 0
        : fanouts.snapshot().stream().mapToInt(fanout -> fanout.nodes().size()).sum();
  }

  /**
   * Reports "not ready", serves for the shutdown delay, sends GOAWAY to callers, drains, and
   * closes.
   */
  @Override
  public String stop() {
    Sources known = sources;
    if (known != null) {
      known.stop();
    }
    PushGrpcServer callers = grpc;
    if (callers != null) {
      callers.setReady(false);
      pause(options.shutdownDelay());
      callers.sendAway(AWAY_TIMEOUT);
      callers.refuseNew();
    }
    if (known != null) {
      known.leave();
    }
    if (historyTask != null) {
      // The nodes retire because of the shutdown, which is no event of their history.
      historyTask.cancel(false);
    }
    String lastLine = draining().drain();
    stopOrder.stopAll();
    return lastLine;
  }

  @Override
  public String abandon() {
    return draining().leftover();
  }

  private Draining draining() {
    return new Draining(engine, options.shutdownTimeout());
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
