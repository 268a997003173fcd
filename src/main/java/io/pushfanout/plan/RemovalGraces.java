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
 * about another: a fanout whose service is edited begins anew, and so does one that was deleted and
 * made again under its name. For one thread.
 */
public final class RemovalGraces {
  private final Map<Source, RemovalGrace> graces = new HashMap<>();

  /**
   * What the registrations of one service are remembered for.
   *
   * @param created tells fanouts that have one name after another apart
   */
  private record Source(FanoutName fanout, Instant created, String service) {
    static Source of(FanoutSpec spec, Discovery.Etcd etcd) {
      return new Source(spec.name(), spec.created(), etcd.registeredUnder());
    }
  }

  /**
   * Forgets all but these fanouts, as their specs are now.
   *
   * @param answered those whose source has been answered
   */
  public void retain(Collection<FanoutSpec> answered) {
    Set<Source> wanted = new HashSet<>();
    for (FanoutSpec spec : answered) {
      if (spec.discovery() instanceof Discovery.Etcd etcd) {
        wanted.add(Source.of(spec, etcd));
      }
    }
    graces.keySet().retainAll(wanted);
  }

  /**
   * Which nodes the fanout should have by its own source.
   *
   * @param registered what the registry says of its service now
   * @param connectedSince of each connected node, since when, on the same clock as {@code nowNanos}
   */
  public Set<NodeAddress> keep(
      FanoutSpec spec,
      Discovery.Etcd etcd,
      Set<NodeAddress> registered,
      Map<NodeAddress, Long> connectedSince,
      long nowNanos) {
    return graces
        .computeIfAbsent(Source.of(spec, etcd), _ -> new RemovalGrace())
        .keep(registered, connectedSince, nowNanos, etcd.removalGracePeriod());
  }

  /** Whether time or connections alone may change an answer. */
  public boolean isWatching() {
    return graces.values().stream().anyMatch(RemovalGrace::isWatching);
  }
}
