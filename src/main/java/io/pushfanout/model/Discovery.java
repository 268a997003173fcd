package io.pushfanout.model;

import io.pushfanout.text.DnsLabel;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The source of a fanout's nodes. */
public sealed interface Discovery {
  /** The discovery of a spec without one. */
  Discovery DEFAULT = new Etcd(Etcd.DEFAULT_SERVICE, Etcd.DEFAULT_GRACE);

  /**
   * Registrations in etcd, below {@code /services/<serviceName>/} or a prefix of the spec's own.
   *
   * @param serviceName a DNS label
   * @param prefix of the keys, ending in a slash; null: that of the service
   * @param removalGracePeriod the time for which nodes stay if most of them vanish at once, 0 s to
   *     10 min; zero disables it
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

    /** Creates the discovery of registrations below the prefix of the service. */
    public Etcd(String serviceName, Duration removalGracePeriod) {
      this(serviceName, null, removalGracePeriod);
    }

    /**
     * Returns the unique name of these registrations: the service's name if the prefix is a
     * service's, else the prefix. A prefix has a slash, and no name of a service has one.
     */
    public String registeredUnder() {
      return prefix == null ? serviceName : EtcdPrefix.name(prefix);
    }
  }

  /**
   * A fixed list of nodes, available at once.
   *
   * @param nodes 1 to 1000
   */
  record Static(Set<NodeAddress> nodes) implements Discovery {
    /**
     * @throws SettingException if there are too few or too many nodes
     */
    public Static {
      nodes = Set.copyOf(nodes);
      Checks.range(
          "discovery.static.nodes", nodes.size(), Bounds.STATIC_NODES_MIN, Bounds.STATIC_NODES_MAX);
    }
  }
}
