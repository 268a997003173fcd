package io.pushfanout.model;

import io.pushfanout.text.DnsLabel;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The source of a fanout's nodes. */
public sealed interface Discovery {
  /** The discovery of a spec without one. */
  Discovery DEFAULT = new Etcd(Etcd.DEFAULT_SERVICE, Watched.DEFAULT_GRACE);

  /** The kinds of discovery, by the fields of the resource; a spec has one of them. */
  String KINDS = "etcd, static, endpointSlices and dns";

  /** A source whose nodes come and go. */
  sealed interface Watched extends Discovery {
    Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    /**
     * Returns the time for which nodes stay if most of them vanish at once, 0 s to 10 min; zero
     * disables it.
     */
    Duration removalGracePeriod();

    /**
     * Returns the unique name of the source: fanouts with equal names share one watch. A name of an
     * etcd service has no colon, and a prefix ends in a slash.
     */
    String source();

    /** Returns the name of the registry, for messages. */
    String registry();

    /** Returns the entries of the source in its registry, for messages. */
    String described();
  }

  /**
   * Registrations in etcd, below {@code /services/<serviceName>/} or a prefix of the spec's own.
   *
   * @param serviceName a DNS label
   * @param prefix of the keys, ending in a slash; null: that of the service
   */
  record Etcd(String serviceName, @Nullable String prefix, Duration removalGracePeriod)
      implements Watched {
    public static final String DEFAULT_SERVICE = "connect-node";

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
      checkGrace("etcd", removalGracePeriod);
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

    @Override
    public String source() {
      return registeredUnder();
    }

    @Override
    public String registry() {
      return "etcd";
    }

    @Override
    public String described() {
      return prefix == null
          ? "the registrations of service " + serviceName
          : "the registrations below " + prefix;
    }
  }

  /**
   * The ready endpoints of a Service in Kubernetes.
   *
   * @param namespace that of the fanout
   * @param serviceName a DNS label
   * @param port the name of a port of the Service, or a number
   */
  record EndpointSlices(
      String namespace, String serviceName, String port, Duration removalGracePeriod)
      implements Watched {
    public static final String DEFAULT_PORT = "grpc";

    /**
     * @throws SettingException when a value is out of bounds
     */
    public EndpointSlices {
      if (!DnsLabel.is(serviceName)) {
        throw new SettingException(
            "discovery.endpointSlices.serviceName", "must be a DNS label, such as connect-node");
      }
      PortName.check("discovery.endpointSlices.port", port);
      checkGrace("endpointSlices", removalGracePeriod);
    }

    @Override
    public String source() {
      return "endpointSlices:%s/%s:%s".formatted(namespace, serviceName, port);
    }

    @Override
    public String registry() {
      return "the API server";
    }

    @Override
    public String described() {
      return "the endpoints of Service %s/%s".formatted(namespace, serviceName);
    }
  }

  /**
   * Records of a DNS name: addresses, with one port for all, or services.
   *
   * @param name the name of A and AAAA records; null with {@code srv}
   * @param port the port of all nodes; null with {@code srv}
   * @param srv the name of SRV records; null with {@code name}
   * @param refresh the time between two look-ups, 1 s to 10 min
   */
  record Dns(
      @Nullable String name,
      @Nullable Integer port,
      @Nullable String srv,
      Duration refresh,
      Duration removalGracePeriod)
      implements Watched {
    public static final Duration DEFAULT_REFRESH = Duration.ofSeconds(10);

    /**
     * @throws SettingException when a value is out of bounds, or one is missing
     */
    public Dns {
      if ((name == null) == (srv == null)) {
        throw new SettingException("discovery.dns", "must have exactly one of name and srv");
      }
      if ((name == null) != (port == null)) {
        throw new SettingException("discovery.dns", "must have port with name, and only with name");
      }
      name = name == null ? null : DnsName.normal("discovery.dns.name", name);
      srv = srv == null ? null : DnsName.normal("discovery.dns.srv", srv);
      if (port != null) {
        Checks.range("discovery.dns.port", port, Bounds.PORT_MIN, Bounds.PORT_MAX);
      }
      Checks.range(
          "discovery.dns.refresh", refresh, Bounds.DNS_REFRESH_MIN, Bounds.DNS_REFRESH_MAX);
      checkGrace("dns", removalGracePeriod);
    }

    @Override
    public String source() {
      return srv == null ? "dns:%s:%d".formatted(name, port) : "dns:" + srv;
    }

    @Override
    public String registry() {
      return "DNS";
    }

    @Override
    public String described() {
      return srv == null ? "the addresses of " + name : "the SRV records of " + srv;
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

  private static void checkGrace(String kind, Duration period) {
    Checks.range(
        "discovery." + kind + ".removalGracePeriod",
        period,
        Bounds.REMOVAL_GRACE_MIN,
        Bounds.REMOVAL_GRACE_MAX);
  }
}
