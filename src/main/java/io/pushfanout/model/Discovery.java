package io.pushfanout.model;

import java.time.Duration;
import java.util.Set;

/** Where a fanout's nodes come from. */
public sealed interface Discovery {
  /** What a spec that says nothing has. */
  Discovery DEFAULT = new Etcd(Etcd.DEFAULT_SERVICE, Etcd.DEFAULT_GRACE);

  /**
   * Registrations in etcd, below {@code /services/<serviceName>/}.
   *
   * @param serviceName a DNS label
   * @param removalGracePeriod how long nodes stay when most of them vanish at once, 0 s to 10 min;
   *     zero is off
   */
  record Etcd(String serviceName, Duration removalGracePeriod) implements Discovery {
    public static final String DEFAULT_SERVICE = "connect-node";
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    /**
     * @throws SettingException when a value is out of bounds
     */
    public Etcd {
      if (!DnsLabel.is(serviceName)) {
        throw new SettingException(
            "discovery.etcd.serviceName", "must be a DNS label, such as " + DEFAULT_SERVICE);
      }
      Checks.range(
          "discovery.etcd.removalGracePeriod",
          removalGracePeriod,
          Bounds.REMOVAL_GRACE_MIN,
          Bounds.REMOVAL_GRACE_MAX);
    }
  }

  /**
   * A fixed list, which waits for nobody.
   *
   * @param nodes 1 to 1000
   */
  record Static(Set<NodeAddress> nodes) implements Discovery {
    /**
     * @throws SettingException when there are too few or too many
     */
    public Static {
      nodes = Set.copyOf(nodes);
      Checks.range(
          "discovery.static.nodes", nodes.size(), Bounds.STATIC_NODES_MIN, Bounds.STATIC_NODES_MAX);
    }
  }
}
