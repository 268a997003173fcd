package io.pushfanout.fanout;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Discovered;
import io.pushfanout.plan.NodeSettings;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.RemovalGraces;
import io.pushfanout.plan.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the sources say of nodes: registrations by service, for as long as the registry is asked
 * about the service, and the removals that are doubted. On the applier's thread only.
 */
final class KnownNodes {
  private final Supplier<Map<NodeAddress, Long>> connectedSince;
  private final LongSupplier nanoClock;
  private final Map<String, Registrations> byService = new HashMap<>();

  /** Why there is no list yet, of services that have none. */
  private final Map<String, Trouble> unanswered = new HashMap<>();

  private final RemovalGraces graces = new RemovalGraces();
  private final NodeFilter filter;

  /** By fanout; each stays for as long as its spec says the same. */
  private final Map<FanoutName, NodeSettings> settings = new HashMap<>();

  /**
   * @param connectedSince of each connected node, since when, on the clock
   */
  KnownNodes(Supplier<Map<NodeAddress, Long>> connectedSince, LongSupplier nanoClock) {
    this.connectedSince = connectedSince;
    this.nanoClock = nanoClock;
    this.filter = new NodeFilter(nanoClock);
  }

  void found(String service, Registrations now) {
    byService.put(service, now);
    unanswered.remove(service);
  }

  /**
   * The registry has given no list of a service; what was saved of it may be known all the same.
   */
  void unanswered(String service, Trouble why) {
    if (!byService.containsKey(service)) {
      unanswered.put(service, why);
    }
  }

  /**
   * Leaves these out from now on, whatever source names them.
   *
   * @param why one line on what is wrong with an address; empty where nothing is
   */
  void refuse(Function<NodeAddress, Optional<String>> why) {
    filter.refuse(why);
  }

  void forget(String service) {
    byService.remove(service);
    unanswered.remove(service);
  }

  /** Whether time or connections alone may change which nodes there should be. */
  boolean areDoubted() {
    return graces.isWatching();
  }

  /** The fanouts of these specs, with the nodes that they should have. */
  List<DesiredFanout> of(List<FanoutSpec> specs) {
    graces.retain(specs.stream().filter(this::isAnswered).toList());
    Set<FanoutName> names = specs.stream().map(FanoutSpec::name).collect(Collectors.toSet());
    filter.retain(names);
    settings.keySet().retainAll(names);
    Map<NodeAddress, Long> connected = connectedSince.get();
    List<Found> all = specs.stream().map(spec -> find(spec, connected)).toList();
    Set<NodeAddress> registered = registered(all);
    return all.stream()
        .map(found -> found.withoutDoubted(registered, filter, settingsOf(found.spec())))
        .toList();
  }

  private NodeSettings settingsOf(FanoutSpec spec) {
    return settings.compute(
        spec.name(),
        (_, known) ->
            known != null && known.areOf(spec)
                ? known
                : new NodeSettings(spec.settings(), spec.overrides()));
  }

  private boolean isAnswered(FanoutSpec spec) {
    return switch (spec.discovery()) {
      case Discovery.Static _ -> true;
      case Discovery.Etcd etcd -> byService.containsKey(etcd.registeredUnder());
    };
  }

  private Found find(FanoutSpec spec, Map<NodeAddress, Long> connected) {
    return switch (spec.discovery()) {
      case Discovery.Static(Set<NodeAddress> nodes) ->
          new Found(spec, Discovered.of(nodes), nodes, Set.of());
      case Discovery.Etcd etcd -> find(spec, etcd, connected);
    };
  }

  private Found find(FanoutSpec spec, Discovery.Etcd etcd, Map<NodeAddress, Long> connected) {
    Registrations said = byService.get(etcd.registeredUnder());
    if (said == null) {
      Trouble why = unanswered.get(etcd.serviceName());
      return new Found(
          spec,
          Discovered.nothingYet(why == null ? List.of() : List.of(problem(etcd, why, ""))),
          Set.of(),
          Set.of());
    }
    // Bounded with the others: who exchanges all registrations again and again adds no more.
    Set<NodeAddress> doubted =
        graces.keep(spec, etcd, said.nodes(), connected, nanoClock.getAsLong()).stream()
            .filter(node -> !said.nodes().contains(node))
            .sorted()
            .limit(Math.max(0, Bounds.REGISTERED_NODES_MAX - said.nodes().size()))
            .collect(Collectors.toSet());
    Discovered discovered =
        new Discovered(true, said.degraded(), said.nodes(), problems(etcd, said));
    return new Found(spec, discovered, said.nodes(), doubted);
  }

  /** Empty where nothing is doubted, so that nobody pays for it. */
  private static Set<NodeAddress> registered(List<Found> all) {
    Set<NodeAddress> registered = new HashSet<>();
    if (all.stream().anyMatch(found -> !found.doubted().isEmpty())) {
      all.forEach(found -> registered.addAll(found.nodes()));
    }
    return registered;
  }

  private static List<Problem> problems(Discovery.Etcd etcd, Registrations said) {
    List<Problem> problems = new ArrayList<>();
    Trouble trouble = said.trouble();
    if (trouble != null) {
      problems.add(problem(etcd, trouble, "; the last good nodes stay in force"));
    }
    said.malformed().stream()
        .map(bad -> new Problem(bad.key(), ProblemReason.MALFORMED_REGISTRATION, bad.problem()))
        .forEach(problems::add);
    return problems;
  }

  private static Problem problem(Discovery.Etcd etcd, Trouble trouble, String meanwhile) {
    return new Problem(
        "",
        trouble.refused() ? ProblemReason.DISCOVERY_REFUSED : ProblemReason.DISCOVERY_DEGRADED,
        "the registrations of service %s cannot be read from etcd: %s%s"
            .formatted(etcd.serviceName(), trouble.reason(), meanwhile));
  }

  /**
   * The nodes of one fanout.
   *
   * @param nodes as its source says
   * @param doubted those that its source no longer says, and that stay for now
   */
  private record Found(
      FanoutSpec spec, Discovered discovered, Set<NodeAddress> nodes, Set<NodeAddress> doubted) {

    /**
     * A node that is registered for another fanout was not lost by the registry: it has moved.
     *
     * @param registered for any fanout
     */
    DesiredFanout withoutDoubted(
        Set<NodeAddress> registered, NodeFilter filter, NodeSettings settings) {
      Set<NodeAddress> all = new HashSet<>(nodes);
      List<Problem> problems = new ArrayList<>(discovered.problems());
      doubted.stream()
          .filter(node -> !registered.contains(node))
          .sorted()
          .forEach(
              node -> {
                all.add(node);
                problems.add(
                    new Problem(
                        node.toString(),
                        ProblemReason.REMOVAL_DOUBTED,
                        "its registration has gone with most others, and its connection works"));
              });
      Discovered whole = new Discovered(discovered.known(), discovered.degraded(), all, problems);
      settings.bound(all.size());
      return DesiredFanout.of(spec, settings, filter.apply(spec.name(), whole));
    }
  }
}
