package io.pushfanout.app;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.pushfanout.access.Access;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.connect.NettyConnector;
import io.pushfanout.connect.TlsProfiles;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.MemoryBudget;
import io.pushfanout.fanout.Totals;
import io.pushfanout.files.FileException;
import io.pushfanout.management.DiscoverySeries;
import io.pushfanout.management.FanoutSeries;
import io.pushfanout.management.GrpcSeries;
import io.pushfanout.management.LimitSeries;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.ReloadSeries;
import io.pushfanout.management.SavedStateSeries;
import io.pushfanout.management.StatusReport;
import io.pushfanout.management.TlsSeries;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.server.Protection;
import io.pushfanout.server.PushGrpcServer;
import io.pushfanout.tls.LiveTls;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fan-out server: makes its parts, starts them in one order, and stops them in exactly the
 * reverse.
 *
 * <p>Started and stopped by one thread; {@link #abandon} may come from another at any time.
 */
final class Server implements Service {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** For the last answers to leave, once every queue is empty. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** For callers to find another replica, before this one refuses them. */
  private static final Duration AWAY_TIMEOUT = Duration.ofSeconds(1);

  /** The engine keeps to its deadline by itself; beyond this much more something is broken. */
  private static final Duration ENGINE_GRACE = Duration.ofSeconds(2);

  private static final long READY_CHECK_MILLIS = 20;

  /** Once it is ready: for services that come later. */
  private static final long LATER_CHECK_MILLIS = 500;

  private final Clock clock = Clock.systemUTC();
  private final ServeOptions options;
  private final @Nullable Handler<HttpServerRequest> otherPaths;
  private final StopOrder stopOrder = new StopOrder();
  private volatile boolean ready;
  private volatile boolean stopping;
  private volatile @Nullable FanoutEngine engine;
  private volatile @Nullable Registry registry;
  private volatile @Nullable SpecSource source;
  private @Nullable PushGrpcServer grpc;

  Server(ServeOptions options) {
    this(options, null);
  }

  /**
   * @param otherPaths answers HTTP requests for what is not the server's own
   */
  Server(ServeOptions options, @Nullable Handler<HttpServerRequest> otherPaths) {
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
    Reloads reloads = new Reloads();
    TlsFiles files = options.tls();
    LiveTls tls = files == null ? null : files.open();
    if (tls != null) {
      stopOrder.push("TLS files", tls::close);
      reloads.follow("tls", ProblemReason.TLS_NOT_RELOADED, tls::problems);
    }
    final KeptState kept = KeptState.open(options.stateDir());
    Metrics metrics = new Metrics(Version.current());
    stopOrder.push("metrics", metrics::close);
    metrics.register(new ReloadSeries(reloads::successful));
    Totals totals = new Totals();
    MemoryBudget memory = new MemoryBudget(options.callers().limits().memoryBudget());

    TlsProfiles profiles = tlsProfiles(reloads);
    stopOrder.push("TLS profiles", profiles::close);
    EventLoops loops = new EventLoops();
    stopOrder.push("event loops", loops::close);

    ApplierThread applierThread = new ApplierThread();
    stopOrder.push("applier", applierThread::close);
    FanoutEngine fanouts =
        new FanoutEngine(
            new NettyConnector(loops, profiles),
            totals,
            memory,
            applierThread.executor(),
            System::nanoTime,
            options.defaultTarget());
    engine = fanouts;
    fanouts.start();
    DesiredState desired = new DesiredState(fanouts, applierThread.executor(), System::nanoTime);
    desired.start();
    Registry nodes =
        new Registry(options.etcd(), desired, kept.atStart().services(), System::nanoTime, clock);
    stopOrder.push("discovery", nodes::close);
    registry = nodes;
    metrics.register(new DiscoverySeries(nodes::view));
    metrics.register(new FanoutSeries(fanouts::snapshot, totals));
    SavedNote saved = new SavedNote(this::savedResources, nodes, clock);
    metrics.register(new SavedStateSeries(saved::ageOfResources, saved::agesOfServices));

    options.warnings().forEach(warning -> log.warn("{}", warning));
    Access access = AccessPart.start(options.access(), reloads, stopOrder);
    PushGrpcServer callers =
        new PushGrpcServer(
            options.callers(),
            loops.group(),
            loops.serverChannel(),
            fanouts.broadcaster()::broadcast,
            totals,
            memory,
            System::nanoTime,
            Protection.of(tls, access));
    callers.start();
    grpc = callers;
    metrics.register(new GrpcSeries(callers::calls));
    metrics.register(new LimitSeries(memory, callers::connections, callers::connectionsRefused));
    metrics.register(
        new TlsSeries(
            () -> Optional.ofNullable(tls).flatMap(LiveTls::ends),
            profiles::ends,
            callers::failedHandshakes));
    stopOrder.push("gRPC", () -> callers.close(CLOSE_TIMEOUT));

    Vertx vertx = HttpThreads.start();
    stopOrder.push("HTTP threads", () -> HttpThreads.stop(vertx));
    ManagementServer http =
        new ManagementServer(
            vertx,
            options.callers().bind(),
            options.httpPort(),
            options.httpTls() ? tls : null,
            new Readiness(() -> ready, this::whyNotReady, saved::line),
            metrics,
            new StatusReport(
                options.replicaName(),
                () -> ready,
                () -> problems(kept, reloads),
                () -> saved.addTo(fanouts.snapshot())),
            otherPaths);
    http.start();
    stopOrder.push("HTTP", http::close);

    SpecSource specs =
        SpecSource.of(
            options,
            kept.atStart().resources(),
            all -> {
              nodes.serve(all);
              return desired.specs(all);
            },
            fanouts::snapshot,
            reloads,
            metrics);
    stopOrder.push("specs", specs::close);
    specs.start();
    source = specs;
    stopOrder.push("saved state", kept::close);
    kept.keep(specs, nodes);
    applierThread.executor().execute(() -> lookAtSources(applierThread.executor(), callers));
    return Listening.on(options.callers().bind(), callers.port(), http.port());
  }

  private TlsProfiles tlsProfiles(Reloads reloads) {
    try {
      TlsProfiles profiles = TlsProfiles.open(options.tlsProfiles());
      for (String name : options.tlsProfiles().keySet()) {
        reloads.follow(
            "tls-profile/" + name, ProblemReason.TLS_NOT_RELOADED, () -> profiles.problems(name));
      }
      return profiles;
    } catch (FileException e) {
      throw new UsageException(TlsProfileFlags.FLAG, String.valueOf(e.getMessage()));
    }
  }

  /** Of the process, and of no fanout. */
  private List<Problem> problems(KeptState kept, Reloads reloads) {
    List<Problem> problems = new ArrayList<>(kept.problems());
    problems.addAll(reloads.problems());
    options
        .warnings()
        .forEach(warning -> problems.add(new Problem("", ProblemReason.EXPOSED, warning)));
    return problems;
  }

  /** How many nodes broadcasts reach now. */
  int nodes() {
    FanoutEngine fanouts = engine;
    return fanouts == null
        ? 0
        : fanouts.snapshot().stream().mapToInt(fanout -> fanout.nodes().size()).sum();
  }

  private Optional<Instant> savedResources() {
    SpecSource specs = source;
    return specs == null ? Optional.empty() : specs.savedAsOf();
  }

  /**
   * Has what was saved take the place of sources that do not answer. Once there is something of
   * every source it is ready, and stays so when a source goes away later. On the applier's thread.
   */
  private void lookAtSources(ScheduledExecutorService thread, PushGrpcServer callers) {
    Registry nodes = registry;
    SpecSource specs = source;
    if (stopping || nodes == null || specs == null) {
      return;
    }
    specs.fallBack();
    nodes.fallBack();
    if (!ready && specs.whyNotInForce().isEmpty() && nodes.unanswered().isEmpty()) {
      ready = true;
      callers.setReady(true);
    }
    thread.schedule(
        () -> lookAtSources(thread, callers),
        ready ? LATER_CHECK_MILLIS : READY_CHECK_MILLIS,
        MILLISECONDS);
  }

  private String whyNotReady() {
    Registry nodes = registry;
    SpecSource specs = source;
    if (stopping || nodes == null || specs == null) {
      return stopping ? "the server is shutting down" : "starting";
    }
    return specs
        .whyNotInForce()
        .orElseGet(
            () ->
                "etcd has not answered yet for "
                    + nodes.unanswered().entrySet().stream()
                        .map(service -> "%s (%s)".formatted(service.getKey(), service.getValue()))
                        .collect(Collectors.joining(", ")));
  }

  /** Says that it is not ready, serves on for a while, sends callers away, drains, and closes. */
  @Override
  public String stop() {
    stopping = true;
    ready = false;
    PushGrpcServer callers = grpc;
    if (callers != null) {
      callers.setReady(false);
      pause(options.shutdownDelay());
      callers.sendAway(AWAY_TIMEOUT);
      callers.refuseNew();
    }
    SpecSource specs = source;
    if (specs != null) {
      specs.leave(); // Before the nodes retire: that is no news of the fanout's.
    }
    String lastLine = lastLine(drain());
    stopOrder.stopAll();
    return lastLine;
  }

  @Override
  public String abandon() {
    FanoutEngine fanouts = engine;
    return lastLine(fanouts == null ? FanoutEngine.Leftover.NOTHING : fanouts.leftover());
  }

  private FanoutEngine.Leftover drain() {
    FanoutEngine fanouts = engine;
    if (fanouts == null) {
      return FanoutEngine.Leftover.NOTHING;
    }
    Duration timeout = options.shutdownTimeout();
    try {
      return fanouts
          .shutdown(timeout)
          .get(timeout.plus(ENGINE_GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.error("the queues did not close in time", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return fanouts.leftover();
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String lastLine(FanoutEngine.Leftover left) {
    return "stopped: %d queued messages dropped (shutdown), %d deliveries cancelled"
        .formatted(left.queued(), left.inFlight());
  }
}
