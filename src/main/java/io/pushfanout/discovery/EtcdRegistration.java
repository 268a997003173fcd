package io.pushfanout.discovery;

import io.pushfanout.discovery.source.DiscoveryThread;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.EtcdPrefix;
import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A registration of a connect-node in etcd for as long as it is open: a key {@code
 * /services/<service>/<host:port>} with the plain {@code host:port} as its value, under a lease
 * that is kept alive. It registers again after every failure of etcd and every loss of the lease or
 * the key.
 */
public final class EtcdRegistration implements AutoCloseable {
  public static final Duration TTL_MIN = Duration.ofSeconds(2);
  public static final Duration TTL_MAX = Duration.ofHours(1);
  private static final Duration LONGEST_CALL = Duration.ofSeconds(2);
  private static final Duration LEAVE_TIME = Duration.ofMillis(2400);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final DiscoveryThread thread;
  private final LeasedKey key;

  /**
   * @param service a DNS label
   * @param advertised the node's address for the fan-out server
   * @param ttl time to live of the lease, in whole seconds: the registration outlives a dead node
   *     by it
   * @throws IllegalArgumentException when the ttl is out of its bounds
   */
  public EtcdRegistration(
      EtcdOptions options, String service, NodeAddress advertised, Duration ttl) {
    if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("must be from 2s to 1h");
    }
    thread = new DiscoveryThread("pushfanout-registration " + advertised);
    SplittableRandom random = new SplittableRandom();
    EtcdClients clients = new EtcdClients(options, thread.executor(), new LookUps(), random);
    this.key =
        new LeasedKey(
            EtcdPrefix.ofService(service) + advertised,
            advertised.toString(),
            ttl,
            options.where(),
            () -> new EtcdLeases(clients.open(), callTimeout(ttl)),
            thread.executor(),
            random);
  }

  /** Returns the time limit of a call: short enough to try another member before the lease ends. */
  private static Duration callTimeout(Duration ttl) {
    Duration third = ttl.dividedBy(3);
    return third.compareTo(LONGEST_CALL) < 0 ? third : LONGEST_CALL;
  }

  /**
   * Begins to register. etcd may be absent: failures are retried until they succeed. Never waits.
   */
  public void start() {
    thread.execute(key::start);
  }

  /**
   * Returns whether etcd confirmed the registration at the last check, three in each ttl. From any
   * thread.
   */
  public boolean isRegistered() {
    return key.isRegistered();
  }

  /**
   * Removes the registration, so that it does not stay until its lease ends. Waits for a bounded
   * time only.
   */
  @Override
  public void close() {
    thread.execute(() -> key.leave(LEAVE_TIME, thread.executor()::shutdownNow));
    thread.awaitEnd(CLOSE_TIMEOUT);
  }
}
