package io.pushfanout.discovery;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.EtcdPrefix;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The discovery of the connect-nodes of services by their registrations in etcd. It reports every
 * change to a listener.
 *
 * <p>All work runs on one thread of its own, the listener included. No method makes its caller wait
 * but {@link #close}.
 */
public final class EtcdDiscovery implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /**
   * A listener to the nodes of services. It runs on discovery's thread and delays all other
   * services. An exception from it is logged, and the call is repeated.
   */
  public interface Listener {
    /**
     * Receives the present registrations of a service.
     *
     * @param service the service's name, one of those that were set last
     */
    void registrations(String service, Registrations registrations);

    /**
     * Reports that etcd has given no list of a service yet.
     *
     * @param why the present reason; another reason follows some seconds later
     */
    void unanswered(String service, Trouble why);

    /**
     * Reports that a service is no longer in the set, so its registrations are not kept up to date.
     * They are reported again when the service returns. {@link #close} does not call this.
     */
    void forgotten(String service);
  }

  private final Listener listener;
  private final RandomGenerator random = new java.util.SplittableRandom();
  private final Outages outages;
  private final Map<String, Reflector> watches = new ConcurrentHashMap<>();
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
   * Replaces the set of services; of several sets in short order the last wins. A service that
   * stays is not disturbed; for a removed one, only {@code forgotten} follows.
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
    Reflector reflector = watch(service);
    watches.put(service, reflector);
    reflector.start();
  }

  private void end(String service) {
    Reflector reflector = watches.remove(service);
    if (reflector != null) {
      reflector.close();
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

  private Reflector watch(String service) {
    String prefix = EtcdPrefix.of(service);
    return new Reflector(
        service,
        () -> connections.session(prefix),
        thread.executor(),
        random,
        outages,
        found -> listener.registrations(service, found),
        why -> listener.unanswered(service, why));
  }

  /**
   * Returns whether etcd has answered once for a service, with a list; stays true as long as the
   * service is in the set. From any thread.
   */
  public boolean answered(String service) {
    Reflector reflector = watches.get(service);
    return reflector != null && reflector.answered();
  }

  /** Returns why the registrations of a service may be old, in one line; from any thread. */
  public Optional<String> problem(String service) {
    Reflector reflector = watches.get(service);
    return reflector == null ? Optional.empty() : Optional.ofNullable(reflector.problem());
  }

  /** Returns whether the last attempt to read a service's registrations failed; from any thread. */
  public boolean hasFailed(String service) {
    Reflector reflector = watches.get(service);
    return reflector != null && reflector.hasFailed();
  }

  /**
   * Ends all sessions. The listener is not called after the return, which is within a bounded time.
   */
  @Override
  public void close() {
    thread.execute(this::endAll);
    thread.executor().shutdown();
    thread.awaitEnd(CLOSE_TIMEOUT);
  }
}
