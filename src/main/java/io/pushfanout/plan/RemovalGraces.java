package io.pushfanout.plan;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The {@link RemovalGrace} of each fanout of each source. The nodes of one source are no evidence
 * about another. A fanout starts without history after an edit of its source, and after its
 * deletion and creation under the same name. Instances are not thread-safe.
 */
public final class RemovalGraces {
  private final Map<Source, RemovalGrace> graces = new HashMap<>();

  /**
   * The key of a fanout's history: the fanout, and the source of its nodes.
   *
   * @param created distinguishes fanouts with the same name in succession
   */
  private record Source(FanoutName fanout, Instant created, String name) {
    static Source of(FanoutSpec spec, Discovery.Watched watched) {
      return new Source(spec.name(), spec.created(), watched.source());
    }
  }

  /**
   * Forgets the history of all fanouts except these, as their specs are now.
   *
   * @param answered the fanouts whose source has answered
   */
  public void retain(Collection<FanoutSpec> answered) {
    Set<Source> wanted = new HashSet<>();
    for (FanoutSpec spec : answered) {
      if (spec.discovery() instanceof Discovery.Watched watched) {
        wanted.add(Source.of(spec, watched));
      }
    }
    graces.keySet().retainAll(wanted);
  }

  /**
   * Returns the nodes that the fanout should have by its own source.
   *
   * @param now the nodes of its source now
   * @param connectedSince the time at which each connected node connected, on the clock of {@code
   *     nowNanos}
   */
  public Set<NodeAddress> keep(
      FanoutSpec spec,
      Discovery.Watched watched,
      Registrations now,
      Map<NodeAddress, Long> connectedSince,
      long nowNanos) {
    return graces
        .computeIfAbsent(Source.of(spec, watched), _ -> new RemovalGrace())
        .keep(now.nodes(), now.leaving(), connectedSince, nowNanos, watched.removalGracePeriod());
  }

  /** Returns whether time or connections alone may change a result of {@link #keep}. */
  public boolean isWatching() {
    return graces.values().stream().anyMatch(RemovalGrace::isWatching);
  }
}
