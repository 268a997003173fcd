package io.pushfanout.discovery;

import com.google.common.collect.Maps;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.Watch;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.EtcdPrefix;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The discovery of the connect-nodes of services by their registrations in etcd. */
public final class EtcdDiscovery extends NodeDiscovery<String> {
  private final RandomGenerator random = new java.util.SplittableRandom();
  private final Outages outages;
  private final EtcdConnections connections;

  public EtcdDiscovery(EtcdOptions options, Listener listener) {
    this(options, new LookUps(), listener);
  }

  EtcdDiscovery(EtcdOptions options, LookUps lookUps, Listener listener) {
    super("pushfanout-discovery", listener);
    this.outages = new Outages(options.where());
    this.connections =
        new EtcdConnections(
            new EtcdClients(options, thread().executor(), lookUps, random), thread().executor());
  }

  /** Replaces the set of services, like {@link #serve}. */
  public void setServices(Set<String> services) {
    serve(Maps.asMap(services, service -> service));
  }

  @Override
  protected Watch<String> watch(String service, String same) {
    String prefix = EtcdPrefix.of(service);
    return new Reflector(
        service,
        () -> connections.session(prefix),
        thread().executor(),
        random,
        outages,
        found -> listener().registrations(service, found),
        why -> listener().unanswered(service, why));
  }
}
