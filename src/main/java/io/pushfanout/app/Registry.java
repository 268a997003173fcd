package io.pushfanout.app;

import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.checkpoint.Checkpointed.Origin;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of the sources that the specs name, such as services in etcd: watches them and passes
 * them on. If the registry does not answer for a source, its saved nodes are passed on. Any thread
 * may call its methods.
 */
final class Registry implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Registry.class);

  private final DesiredState desired;
  private final Discoveries discoveries;
  private final LongSupplier nanoClock;
  private final Clock clock;

  /** The checkpoints of the sources that have not been answered since the start. */
  private final Map<String, Checkpoint<Set<NodeAddress>>> saved;

  private final Map<String, Registrations> found = new ConcurrentHashMap<>();
  private final Map<String, Checkpointed<Set<NodeAddress>>> nodes = new ConcurrentHashMap<>();
  private volatile Map<FanoutName, Discovery.Watched> sources = Map.of();

  /**
   * @param discoveries makes the discoveries, for their listener
   * @param saved the checkpoints of an earlier process, by source
   */
  Registry(
      Function<NodeDiscovery.Listener, Discoveries> discoveries,
      DesiredState desired,
      Map<String, Checkpoint<Set<NodeAddress>>> saved,
      LongSupplier nanoClock,
      Clock clock) {
    this.desired = desired;
    this.saved = new ConcurrentHashMap<>(saved);
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.discoveries = discoveries.apply(new DiscoveryListener());
  }

  /** A listener that is called on the thread of the discovery. */
  private final class DiscoveryListener implements NodeDiscovery.Listener {
    @Override
    public void registrations(String source, Registrations now) {
      synchronized (Registry.this) {
        saved.remove(source);
        String registry = registryOf(source);
        if (!now.degraded() && nodesOf(source).offerLive(now.nodes()) == Origin.RESTORED) {
          log.info("{} has answered for {}: its nodes replace the saved ones", registry, source);
        }
        handOver(source, now);
      }
    }

    @Override
    public void unanswered(String source, Trouble why) {
      desired.unanswered(source, why);
    }

    /**
     * Forgets the nodes: they would be too old if a later spec names the source. The checkpoint
     * stays, and may be restored again, if the source has not been answered since the start.
     */
    @Override
    public void forgotten(String source) {
      synchronized (Registry.this) {
        found.remove(source);
        nodes.remove(source);
        desired.forget(source);
      }
    }
  }

  private Checkpointed<Set<NodeAddress>> nodesOf(String source) {
    return nodes.computeIfAbsent(
        source, name -> new Checkpointed<>(saved.get(name), nanoClock, clock));
  }

  private void handOver(String source, Registrations now) {
    found.put(source, now);
    desired.registrations(source, now);
  }

  /**
   * Watches the sources of these specs from now on, and no others. Removed sources lose their
   * nodes, so the new specs must be handed over before this call.
   */
  synchronized void serve(List<FanoutSpec> specs) {
    Map<FanoutName, Discovery.Watched> wanted = new HashMap<>();
    for (FanoutSpec spec : specs) {
      if (spec.discovery() instanceof Discovery.Watched watched) {
        wanted.put(spec.name(), watched);
      }
    }
    sources = Map.copyOf(wanted);
    Set<String> names = wanted();
    // Discovery reports the others as forgotten.
    nodes.keySet().removeIf(source -> !names.contains(source) && !found.containsKey(source));
    discoveries.serve(wanted.values());
  }

  /** Returns the sources that are watched. */
  Set<String> wanted() {
    return sources.values().stream()
        .map(Discovery.Watched::source)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the source of the fanout's nodes; empty if they are a fixed list. */
  Optional<String> sourceOf(FanoutName fanout) {
    return Optional.ofNullable(sources.get(fanout)).map(Discovery.Watched::source);
  }

  /** Returns the name of the registry that has a source, such as etcd, for messages. */
  String registryOf(String source) {
    return sources.values().stream()
        .filter(watched -> watched.source().equals(source))
        .map(Discovery.Watched::registry)
        .findFirst()
        .orElse("the registry");
  }

  /** Returns why the fanout's nodes are not known, one line; empty if they are known. */
  Optional<String> whyUnknown(FanoutName fanout) {
    return sourceOf(fanout)
        .filter(source -> !found.containsKey(source))
        .map(
            source ->
                "%s has not answered yet (%s)"
                    .formatted(registryOf(source), whyUnanswered(source)));
  }

  /** Returns whether the fanout's nodes are unknown for good, so that no start waits for them. */
  boolean hasGivenUp(FanoutName fanout) {
    return sourceOf(fanout)
        .filter(source -> discoveries.of(source, of -> of.hasGivenUp(source), false))
        .isPresent();
  }

  private String whyUnanswered(String source) {
    return discoveries
        .of(source, of -> of.problem(source), Optional.<String>empty())
        .orElse("no answer yet");
  }

  /** Serves the saved nodes of sources that have not been answered in time. */
  synchronized void fallBack() {
    for (String source : wanted()) {
      nodesOf(source)
          .fallBack(discoveries.of(source, of -> of.hasFailed(source), false))
          .ifPresent(restored -> serveSaved(source, restored, whyUnanswered(source)));
    }
  }

  private void serveSaved(String source, Checkpoint<Set<NodeAddress>> restored, String why) {
    Set<NodeAddress> saved = restored.value();
    log.warn(
        "{} has not answered for {}: serving the nodes saved as of {} ({}): {}",
        registryOf(source),
        source,
        restored.asOf(),
        saved.size(),
        why);
    handOver(source, new Registrations(saved, List.of(), Set.of(), new Trouble(false, why)));
  }

  /** Returns the sources without any nodes known yet, each with the reason in one line. */
  SortedMap<String, String> unanswered() {
    SortedMap<String, String> unanswered = new TreeMap<>();
    for (String source : wanted()) {
      if (!found.containsKey(source)) {
        unanswered.put(source, whyUnanswered(source));
      }
    }
    return unanswered;
  }

  /** Returns the sources whose known nodes get no updates, each with the reason in one line. */
  SortedMap<String, String> degraded() {
    SortedMap<String, String> degraded = new TreeMap<>();
    for (String source : wanted()) {
      Registrations known = found.get(source);
      if (known != null && known.trouble() != null) {
        degraded.put(
            source,
            discoveries
                .of(source, of -> of.problem(source), Optional.<String>empty())
                .orElse(known.trouble().reason()));
      }
    }
    return degraded;
  }

  /** Returns the registrations of each watched source; empty for a source without any known. */
  Map<String, Optional<Registrations>> view() {
    Map<String, Optional<Registrations>> view = new HashMap<>();
    wanted().forEach(source -> view.put(source, Optional.ofNullable(found.get(source))));
    return view;
  }

  /** Returns the sources that are served from saved nodes, each with the age of its nodes. */
  SortedMap<String, Duration> restoredAges() {
    SortedMap<String, Duration> ages = new TreeMap<>();
    for (String source : wanted()) {
      Optional.ofNullable(nodes.get(source))
          .flatMap(Checkpointed::restoredAge)
          .ifPresent(age -> ages.put(source, age));
    }
    return ages;
  }

  /** Returns the last good nodes of each watched source, to be saved. */
  Map<String, Checkpoint<Set<NodeAddress>>> lastGood() {
    Map<String, Checkpoint<Set<NodeAddress>>> last = new HashMap<>();
    for (String source : wanted()) {
      Checkpointed<Set<NodeAddress>> known = nodes.get(source);
      if (known != null) {
        if (discoveries.of(
            source, of -> of.answered(source) && of.problem(source).isEmpty(), false)) {
          known.confirm();
        }
        known.live().ifPresent(checkpoint -> last.put(source, checkpoint));
      }
    }
    return last;
  }

  @Override
  public void close() {
    discoveries.close();
  }
}
