package io.pushfanout.fanout;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Discovered;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.RemovalGrace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Puts together what the sources say: specs from flags, files or Kubernetes, and registrations from
 * etcd. Each hands over all it knows whenever that changes; here they become the fanouts that there
 * should be, and the engine makes them so.
 *
 * <p>Its methods may be called from any thread and return at once; the work is done on the
 * applier's thread, which alone touches the fields.
 */
public final class DesiredState {
  /** How often a removal that is doubted is looked at again. */
  private static final long RECONSIDER_MILLIS = 200;

  private final FanoutEngine engine;
  private final ScheduledExecutorService thread;
  private final LongSupplier nanoClock;
  private final Map<String, Registrations> registrations = new HashMap<>();
  private final Map<FanoutName, RemovalGrace> graces = new HashMap<>();
  private final NodeFilter filter = new NodeFilter();
  private List<FanoutSpec> specs = List.of();

  /** Before the first specs, registrations alone are nothing to act on. */
  private boolean specsKnown;

  /**
   * @param thread the engine's applier thread
   */
  public DesiredState(
      FanoutEngine engine, ScheduledExecutorService thread, LongSupplier nanoClock) {
    this.engine = engine;
    this.thread = thread;
    this.nanoClock = nanoClock;
  }

  /** Starts to look at the removals that are doubted. */
  public void start() {
    thread.scheduleWithFixedDelay(
        Guarded.run("reconsider", this::reconsider),
        RECONSIDER_MILLIS,
        RECONSIDER_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /**
   * Whatever source names one of these, it is no node from the next specs or registrations on: the
   * fanout's problems name it.
   *
   * @param why one line on what is wrong with an address; empty where nothing is
   */
  public void refuse(Function<NodeAddress, Optional<String>> why) {
    thread.execute(() -> filter.refuse(why));
  }

  /**
   * These are all the specs there are, each name once.
   *
   * @return completed when they, or newer ones, are in force
   */
  public CompletableFuture<Void> specs(List<FanoutSpec> all) {
    List<FanoutSpec> copy = List.copyOf(all);
    return CompletableFuture.runAsync(
            () -> {
              specs = copy;
              specsKnown = true;
            },
            thread)
        .thenComposeAsync(_ -> converge(), thread);
  }

  /** This is what the registry says of a service now. */
  public void registrations(String service, Registrations now) {
    thread.execute(
        Guarded.run(
            "registrations",
            () -> {
              registrations.put(service, now);
              if (specsKnown) {
                converge();
                engine.reconnect(now.announced());
              }
            }));
  }

  private void reconsider() {
    if (graces.values().stream().anyMatch(RemovalGrace::isWatching)) {
      converge();
    }
  }

  private CompletableFuture<Void> converge() {
    Set<FanoutName> names = new HashSet<>();
    specs.forEach(spec -> names.add(spec.name()));
    graces.keySet().retainAll(names);
    filter.retain(names);
    return engine.apply(specs.stream().map(this::desired).toList());
  }

  private DesiredFanout desired(FanoutSpec spec) {
    return DesiredFanout.of(spec, filter.apply(spec.name(), discovered(spec)));
  }

  private Discovered discovered(FanoutSpec spec) {
    return switch (spec.discovery()) {
      case Discovery.Static(Set<NodeAddress> nodes) -> {
        graces.remove(spec.name());
        yield Discovered.of(nodes);
      }
      case Discovery.Etcd etcd -> discovered(spec, etcd);
    };
  }

  private Discovered discovered(FanoutSpec spec, Discovery.Etcd etcd) {
    Registrations found = registrations.get(etcd.serviceName());
    if (found == null) {
      return Discovered.NOTHING_YET;
    }
    RemovalGrace grace = graces.computeIfAbsent(spec.name(), _ -> new RemovalGrace());
    Set<NodeAddress> nodes =
        grace.keep(
            found.nodes(),
            engine.connectedSince(),
            nanoClock.getAsLong(),
            etcd.removalGracePeriod());
    return new Discovered(true, found.degraded(), nodes, problems(found, nodes));
  }

  private static List<Problem> problems(Registrations found, Set<NodeAddress> nodes) {
    List<Problem> problems = new ArrayList<>();
    if (found.degraded()) {
      problems.add(
          new Problem(
              "",
              ProblemReason.DISCOVERY_DEGRADED,
              "etcd does not tell the nodes; the last good ones stay in force"));
    }
    nodes.stream()
        .filter(node -> !found.nodes().contains(node))
        .sorted()
        .map(
            node ->
                new Problem(
                    node.toString(),
                    ProblemReason.REMOVAL_DOUBTED,
                    "its registration has gone with most others, and its connection works"))
        .forEach(problems::add);
    found.malformed().stream()
        .map(bad -> new Problem(bad.key(), ProblemReason.MALFORMED_REGISTRATION, bad.problem()))
        .forEach(problems::add);
    return problems;
  }
}
