package io.pushfanout.discovery.source;

import io.pushfanout.discovery.source.Availability.OutageListener;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one source, all of which the registry gives at each look. They are handed over after
 * each change, and outages are reported.
 *
 * <p>On discovery's thread, but for the methods without a parameter that return a state.
 */
public final class SourceNodes {
  /** Time without an answer after which a source holds up the start no longer. */
  static final Duration GIVES_UP = Duration.ofSeconds(5);

  private final String source;
  private final RegistrationPublisher handOver;
  private final Availability availability;
  private final MalformedLog malformedLog = new MalformedLog();
  private final LongSupplier nanoClock;
  private final long begunNanos;
  private Found present = new Found(Set.of(), Set.of(), List.of());

  /** Nodes that were leaving at any time since the last hand-over. */
  private final Set<NodeAddress> left = new HashSet<>();

  /** Nodes of the last hand-over. */
  private Set<NodeAddress> taken = Set.of();

  private volatile boolean refused;

  /**
   * The answer of a registry.
   *
   * @param nodes the nodes that messages are for
   * @param leaving the nodes that end by themselves
   * @param malformed the entries that give no node
   */
  public record Found(Set<NodeAddress> nodes, Set<NodeAddress> leaving, List<Malformed> malformed) {
    public Found {
      nodes = Set.copyOf(nodes);
      leaving = Set.copyOf(leaving);
      malformed = List.copyOf(malformed);
    }
  }

  public SourceNodes(
      String source,
      OutageListener outages,
      ScheduledExecutorService thread,
      NodeDiscovery.Listener listener) {
    this(source, outages, thread, listener, System::nanoTime);
  }

  SourceNodes(
      String source,
      OutageListener outages,
      ScheduledExecutorService thread,
      NodeDiscovery.Listener listener,
      LongSupplier nanoClock) {
    this.source = source;
    this.nanoClock = nanoClock;
    this.begunNanos = nanoClock.getAsLong();
    this.handOver =
        new RegistrationPublisher(
            this::registrations,
            thread,
            found -> {
              malformedLog.show(found.malformed());
              listener.registrations(source, found);
            },
            why -> listener.unanswered(source, why));
    this.availability = new Availability(source, outages, handOver, thread);
  }

  /** Takes an answer of the registry. */
  public void found(Found found) {
    Found before = present;
    present = found;
    left.addAll(found.leaving());
    refused = false;
    availability.made();
    handOver.listed(!found.equals(before));
  }

  /** Takes the failure of a look; the last good nodes stay. */
  public void lost(Trouble why) {
    refused = why.refused();
    availability.lost(why);
  }

  private Registrations registrations(@Nullable Trouble trouble) {
    List<Malformed> malformed = new ArrayList<>(present.malformed());
    Set<NodeAddress> nodes = bounded(present.nodes(), malformed);
    Set<NodeAddress> announced = new HashSet<>(nodes);
    announced.removeAll(taken);
    left.removeAll(nodes);
    Registrations registrations = new Registrations(nodes, left, malformed, announced, trouble);
    taken = nodes;
    left.clear();
    left.addAll(present.leaving());
    return registrations;
  }

  /** Returns the nodes within the limit: first those in use, so that no new one replaces them. */
  private Set<NodeAddress> bounded(Set<NodeAddress> nodes, List<Malformed> malformed) {
    int tooMany = nodes.size() - Bounds.REGISTERED_NODES_MAX;
    if (tooMany <= 0) {
      return nodes;
    }
    malformed.add(
        new Malformed(
            source,
            "has %,d nodes more than %,d; the newest are not used"
                .formatted(tooMany, Bounds.REGISTERED_NODES_MAX)));
    return Stream.concat(taken.stream().filter(nodes::contains).sorted(), nodes.stream().sorted())
        .distinct()
        .limit(Bounds.REGISTERED_NODES_MAX)
        .collect(Collectors.toSet());
  }

  /** Returns whether the listener has received nodes. From any thread. */
  public boolean answered() {
    return handOver.answered();
  }

  /** Returns why the nodes may be old, in one line; null when they are current. From any thread. */
  public @Nullable String problem() {
    return availability.problem();
  }

  /** Returns whether the last look failed. From any thread. */
  public boolean hasFailed() {
    return availability.hasFailed();
  }

  /** Returns whether the registry refuses, or has not answered for 5 s. From any thread. */
  public boolean hasGivenUp() {
    return !answered() && (refused || nanoClock.getAsLong() - begunNanos >= GIVES_UP.toNanos());
  }

  public void close() {
    availability.close();
    handOver.close();
  }
}
