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
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.plan.RemovalGraces;
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
 * The nodes that the sources report: registrations by source, for as long as the source is watched,
 * and the nodes that are kept although most registrations have gone at once. On the applier's
 * thread only.
 */
final class KnownNodes {
  private final Supplier<Map<NodeAddress, Long>> connectedSince;
  private final LongSupplier nanoClock;
  private final Map<String, Registrations> bySource = new HashMap<>();

  /** Reasons for sources that have no list yet. */
  private final Map<String, Trouble> unanswered = new HashMap<>();

  private final RemovalGraces graces = new RemovalGraces();
  private final NodeFilter filter;

  /** Settings by fanout; each stays for as long as its spec has the same ones. */
  private final Map<FanoutName, NodeSettings> settings = new HashMap<>();

  /**
   * @param connectedSince start of the connection of each connected node, on the clock
   */
  KnownNodes(Supplier<Map<NodeAddress, Long>> connectedSince, LongSupplier nanoClock) {
    this.connectedSince = connectedSince;
    this.nanoClock = nanoClock;
    this.filter = new NodeFilter(nanoClock);
  }

  void found(String source, Registrations now) {
    bySource.put(source, now);
    unanswered.remove(source);
  }

  /** Records why the registry has given no list of a source; a saved list may still be there. */
  void unanswered(String source, Trouble why) {
    if (!bySource.containsKey(source)) {
      unanswered.put(source, why);
    }
  }

  /**
   * Refuses addresses as nodes from now on, in any source.
   *
   * @param why one line on the fault of an address; empty for an address without one
   */
  void refuse(Function<NodeAddress, Optional<String>> why) {
    filter.refuse(why);
  }

  void forget(String source) {
    bySource.remove(source);
    unanswered.remove(source);
  }

  /** Returns whether time or connections alone may change the nodes that there should be. */
  boolean haveKept() {
    return graces.isWatching();
  }

  /** Returns the fanouts of these specs, with the nodes that they should have. */
  List<DesiredFanout> of(List<FanoutSpec> specs) {
    graces.retain(specs.stream().filter(this::isAnswered).toList());
    Set<FanoutName> names = specs.stream().map(FanoutSpec::name).collect(Collectors.toSet());
    filter.retain(names);
    settings.keySet().retainAll(names);
    Map<NodeAddress, Long> connected = connectedSince.get();
    List<Found> all = specs.stream().map(spec -> find(spec, connected)).toList();
    Set<NodeAddress> registered = registered(all);
    return all.stream()
        .map(found -> found.desired(registered, filter, settingsOf(found.spec())))
        .toList();
  }

  private NodeSettings settingsOf(FanoutSpec spec) {
    return settings.compute(
        spec.name(),
        (_, existing) ->
            existing != null && existing.areOf(spec)
                ? existing
                : new NodeSettings(spec.settings(), spec.overrides()));
  }

  private boolean isAnswered(FanoutSpec spec) {
    return switch (spec.discovery()) {
      case Discovery.Static _ -> true;
      case Discovery.Watched watched -> bySource.containsKey(watched.source());
    };
  }

  private Found find(FanoutSpec spec, Map<NodeAddress, Long> connected) {
    return switch (spec.discovery()) {
      case Discovery.Static(Set<NodeAddress> nodes) ->
          new Found(spec, Discovered.of(nodes), nodes, Set.of());
      case Discovery.Watched watched -> find(spec, watched, connected);
    };
  }

  private Found find(FanoutSpec spec, Discovery.Watched watched, Map<NodeAddress, Long> connected) {
    Registrations registrations = bySource.get(watched.source());
    if (registrations == null) {
      Trouble why = unanswered.get(watched.source());
      return new Found(
          spec,
          Discovered.nothingYet(why == null ? List.of() : List.of(problem(watched, why, ""))),
          Set.of(),
          Set.of());
    }
    // One bound for both: repeated exchanges of all registrations must not add nodes.
    Set<NodeAddress> kept =
        graces.keep(spec, watched, registrations, connected, nanoClock.getAsLong()).stream()
            .filter(node -> !registrations.nodes().contains(node))
            .sorted()
            .limit(Math.max(0, Bounds.REGISTERED_NODES_MAX - registrations.nodes().size()))
            .collect(Collectors.toSet());
    Discovered discovered =
        new Discovered(
            true,
            registrations.degraded(),
            registrations.nodes(),
            problems(watched, registrations));
    return new Found(spec, discovered, registrations.nodes(), kept);
  }

  /**
   * Returns the nodes that are registered for any fanout; empty when no node is kept, to save the
   * work.
   */
  private static Set<NodeAddress> registered(List<Found> all) {
    Set<NodeAddress> registered = new HashSet<>();
    if (all.stream().anyMatch(found -> !found.kept().isEmpty())) {
      all.forEach(found -> registered.addAll(found.nodes()));
    }
    return registered;
  }

  private static List<Problem> problems(Discovery.Watched watched, Registrations registrations) {
    List<Problem> problems = new ArrayList<>();
    Trouble trouble = registrations.trouble();
    if (trouble != null) {
      problems.add(problem(watched, trouble, "; the last good nodes stay in force"));
    }
    registrations.malformed().stream()
        .map(bad -> new Problem(bad.key(), bad.reason(), bad.problem()))
        .forEach(problems::add);
    return problems;
  }

  private static Problem problem(Discovery.Watched watched, Trouble trouble, String meanwhile) {
    return new Problem(
        "",
        trouble.refused() ? ProblemReason.DISCOVERY_REFUSED : ProblemReason.DISCOVERY_DEGRADED,
        "%s cannot be read from %s: %s%s"
            .formatted(watched.described(), watched.registry(), trouble.reason(), meanwhile));
  }

  /**
   * The nodes of one fanout.
   *
   * @param nodes nodes that its source lists
   * @param kept nodes that its source no longer lists, and that stay for now
   */
  private record Found(
      FanoutSpec spec, Discovered discovered, Set<NodeAddress> nodes, Set<NodeAddress> kept) {

    /**
     * Returns the desired fanout. A kept node that is registered for another fanout was not lost by
     * the registry: it has moved.
     *
     * @param registered nodes registered for any fanout
     */
    DesiredFanout desired(Set<NodeAddress> registered, NodeFilter filter, NodeSettings settings) {
      Set<NodeAddress> all = new HashSet<>(nodes);
      List<Problem> problems = new ArrayList<>(discovered.problems());
      kept.stream()
          .filter(node -> !registered.contains(node))
          .sorted()
          .forEach(
              node -> {
                all.add(node);
                problems.add(
                    new Problem(
                        node.toString(),
                        ProblemReason.REMOVAL_PAUSED,
                        "its registration has gone with most others, and its connection works"));
              });
      Discovered whole = new Discovered(discovered.known(), discovered.degraded(), all, problems);
      settings.bound(all.size());
      return DesiredFanout.of(spec, settings, filter.apply(spec.name(), whole));
    }
  }
}
