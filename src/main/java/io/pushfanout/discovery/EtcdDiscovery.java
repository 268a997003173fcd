package io.pushfanout.discovery;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.EtcdPrefix;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Trouble;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Finds the connect-nodes of services by their registrations in etcd, and tells of every change.
 *
 * <p>Everything happens on one thread of its own, the listener included; whoever calls a method is
 * never made to wait, but for {@link #close}.
 */
public final class EtcdDiscovery implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Is told what a service's nodes are now. On discovery's thread; others wait meanwhile. What it
   * throws is logged, and it is told again.
   */
  public interface Listener {
    /**
     * @param service the service's name, one of those that were set last
     */
    void registrations(String service, Registrations registrations);

    /**
     * Etcd has given no list of a service yet.
     *
     * @param why as of now; another reason follows some seconds later
     */
    void unanswered(String service, Trouble why);

    /**
     * What was told of a service is not kept up any more, for it was none of those that were set
     * last; where it is one again, it is told anew. The end of all by {@link #close} is not told.
     */
    void forgotten(String service);
  }

  private final Listener listener;
  private final RandomGenerator random = new java.util.SplittableRandom();
  private final Outages outages;
  private final Map<String, ServiceWatch> watches = new ConcurrentHashMap<>();
  private final EtcdThread thread = new EtcdThread("pushfanout-discovery");
  private final EtcdConnections connections;
  private volatile Set<String> wanted = Set.of();

  public EtcdDiscovery(EtcdOptions options, Listener listener) {
    this(options, new LookUps(), listener);
  }

  EtcdDiscovery(EtcdOptions options, LookUps lookUps, Listener listener) {
    this.listener = listener;
    this.outages = new Outages(options.where());
    this.connections =
        new EtcdConnections(
            new EtcdClients(options, thread.executor(), lookUps, random), thread.executor());
  }

  /**
   * Says which services are of interest, instead of those that were before. Of several sets in
   * short order the last wins. A service that stays is not disturbed; of one that goes nothing is
   * told any more.
   */
  public void setServices(Set<String> services) {
    wanted = Set.copyOf(services);
    thread.execute(this::startAndStop);
  }

  private void startAndStop() {
    Set<String> services = wanted;
    Attempts each = new Attempts();
    for (String gone : difference(watches.keySet(), services)) {
      each.attempt(() -> end(gone));
      each.attempt(() -> listener.forgotten(gone));
    }
    for (String fresh : difference(services, watches.keySet())) {
      each.attempt(() -> begin(fresh));
    }
    each.end();
  }

  private void begin(String service) {
    ServiceWatch watch = watch(service);
    watches.put(service, watch);
    watch.start();
  }

  private void end(String service) {
    ServiceWatch watch = watches.remove(service);
    if (watch != null) {
      watch.close();
    }
  }

  private void endAll() {
    Attempts each = new Attempts();
    Set.copyOf(watches.keySet()).forEach(service -> each.attempt(() -> end(service)));
    each.end();
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    Set<String> rest = new HashSet<>(some);
    rest.removeAll(others);
    return rest;
  }

  private ServiceWatch watch(String service) {
    String prefix = EtcdPrefix.of(service);
    return new ServiceWatch(
        service,
        () -> connections.session(prefix),
        thread.executor(),
        random,
        outages,
        found -> listener.registrations(service, found),
        why -> listener.unanswered(service, why));
  }

  /**
   * Whether etcd has answered once for a service, with a list; stays true as long as the service is
   * of interest. From any thread.
   */
  public boolean answered(String service) {
    ServiceWatch watch = watches.get(service);
    return watch != null && watch.answered();
  }

  /** Why what was told of a service may be old, in one line; from any thread. */
  public Optional<String> problem(String service) {
    ServiceWatch watch = watches.get(service);
    return watch == null ? Optional.empty() : Optional.ofNullable(watch.problem());
  }

  /** Whether the last attempt to ask about a service failed; from any thread. */
  public boolean hasFailed(String service) {
    ServiceWatch watch = watches.get(service);
    return watch != null && watch.hasFailed();
  }

  /** Ends all. When it returns, within a bounded time, the listener is told nothing any more. */
  @Override
  public void close() {
    thread.execute(this::endAll);
    thread.executor().shutdown();
    thread.awaitEnd(CLOSE_TIMEOUT);
  }
}
