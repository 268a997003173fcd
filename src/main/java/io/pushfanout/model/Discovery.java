package io.pushfanout.model;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a fanout's nodes come from. */
public sealed interface Discovery {
  /** What a spec that says nothing has. */
  Discovery DEFAULT = new Etcd(Etcd.DEFAULT_SERVICE, Etcd.DEFAULT_GRACE);

  /**
   * Registrations in etcd, below {@code /services/<serviceName>/} or a prefix of the spec's own.
   *
   * @param serviceName a DNS label
   * @param prefix of the keys, ending in a slash; null: that of the service
   * @param removalGracePeriod how long nodes stay when most of them vanish at once, 0 s to 10 min;
   *     zero is off
   */
  record Etcd(String serviceName, @Nullable String prefix, Duration removalGracePeriod)
      implements Discovery {
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
      if (prefix != null) {
        prefix = EtcdPrefix.normal(prefix);
        prefix = prefix.equals(EtcdPrefix.ofService(serviceName)) ? null : prefix;
      }
      Checks.range(
          "discovery.etcd.removalGracePeriod",
          removalGracePeriod,
          Bounds.REMOVAL_GRACE_MIN,
          Bounds.REMOVAL_GRACE_MAX);
    }

    /** Below the prefix of the service. */
    public Etcd(String serviceName, Duration removalGracePeriod) {
      this(serviceName, null, removalGracePeriod);
    }

    /**
     * Returns the one name of these registrations: the service's where the prefix is a service's,
     * else the prefix. A prefix has a slash, and no name of a service has one.
     */
    public String registeredUnder() {
      return prefix == null ? serviceName : EtcdPrefix.name(prefix);
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
