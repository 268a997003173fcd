package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Discovery and registration while one or two of three members are unreachable. */
@ResourceLock(EtcdServer.CLIENTS)
class EtcdClusterIT {
  private static final String SERVICE = "connect-node";
  private static final String KEY = "/services/connect-node/127.0.0.1:1";
  private static final Duration TTL = Duration.ofSeconds(6);
  private static final long UNKNOWN = -1;

  /** A bound far below the 15 s of gRPC's own pings, with room for other builds on the machine. */
  private static final Duration NOTICED = Duration.ofSeconds(11);

  private final EtcdCluster cluster = EtcdCluster.started();
  private final List<TcpProxy> networks = cluster.networks();
  private final Found found = new Found();

  @AfterEach
  void stopMembers() {
    networks.forEach(TcpProxy::close);
    cluster.close();
  }

  @Test
  void whenTheConnectedMemberIsCutOffAnotherOneReportsChanges() {
    put(cluster.members().getFirst(), "127.0.0.1:1");
    try (EtcdDiscovery discovery = discovery()) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));
      EtcdServer connected = connected();
      List<EtcdServer> others = cluster.others(connected);

      connected.freeze();
      final long frozen = System.nanoTime();
      others.getLast().putAtLast("/services/" + SERVICE + "/127.0.0.1:2", "127.0.0.1:2");
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2"));
      Duration took = Duration.ofNanos(System.nanoTime() - frozen);
      connected.thaw();
      System.out.printf(
          "a frozen member: another one told after %d ms (promised: about 5 s)%n", took.toMillis());
      assertThat(took).isLessThan(NOTICED);

      put(others.getFirst(), "127.0.0.1:3");
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"));
      assertThat(discovery.problem(SERVICE)).isEmpty();
    }
    assertThat(found.all(SERVICE))
        .allSatisfy(told -> assertThat(Found.names(told.registrations())).contains("127.0.0.1:1"));
  }

  @Test
  void aMemberWithoutALeaderMakesDiscoveryDegraded() {
    put(cluster.members().getFirst(), "127.0.0.1:1");
    try (EtcdDiscovery discovery = discovery()) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));
      EtcdServer connected = connected();
      List<EtcdServer> others = cluster.others(connected);

      others.forEach(EtcdServer::freeze);
      await().atMost(Found.LIMIT).until(() -> found.last(SERVICE).degraded());
      assertThat(Found.names(found.last(SERVICE))).containsExactly("127.0.0.1:1");
      others.forEach(EtcdServer::thaw);

      // The members may elect more than one leader in a row.
      await()
          .atMost(Found.LIMIT)
          .until(() -> !found.last(SERVICE).degraded() && discovery.problem(SERVICE).isEmpty());
      assertThat(Found.names(found.last(SERVICE))).containsExactly("127.0.0.1:1");
    }
  }

  @Test
  void aLeaseOutlivesTheMemberThatKeptItAlive() {
    try (EtcdRegistration registration =
        new EtcdRegistration(options(), SERVICE, new NodeAddress("127.0.0.1", 1), TTL)) {
      registration.start();
      await().atMost(Found.LIMIT).until(registration::isRegistered);
      EtcdServer connected = connected();
      EtcdServer other = cluster.others(connected).getFirst();
      final long lease = other.leaseOf(KEY);

      connected.freeze();
      long until = System.nanoTime() + TTL.multipliedBy(3).dividedBy(2).toNanos();
      await()
          .atMost(TTL.multipliedBy(2))
          .until(
              () -> {
                assertThat(leaseOf(other)).isIn(lease, UNKNOWN);
                return System.nanoTime() > until;
              });
    }
  }

  @Test
  void aNodeLeavesAlsoWhenItsMemberDoesNotAnswer() {
    try (EtcdRegistration registration =
        new EtcdRegistration(options(), SERVICE, new NodeAddress("127.0.0.1", 1), TTL)) {
      registration.start();
      await().atMost(Found.LIMIT).until(registration::isRegistered);

      networks.get(cluster.members().indexOf(connected())).swallow();
    }
    assertThat(cluster.members().getFirst().get(KEY)).isNull();
  }

  /** Returns the lease of the key, or {@code UNKNOWN} during an election. */
  private static long leaseOf(EtcdServer member) {
    try {
      return member.leaseOf(KEY);
    } catch (RuntimeException _) {
      return UNKNOWN;
    }
  }

  private EtcdDiscovery discovery() {
    EtcdDiscovery discovery = new EtcdDiscovery(options(), found);
    discovery.setServices(Set.of(SERVICE));
    return discovery;
  }

  private EtcdOptions options() {
    return EtcdOptions.parse(networks.stream().map(TcpProxy::endpoint).toList());
  }

  /** Returns the member to which discovery, or a registration, is connected. */
  private EtcdServer connected() {
    for (int i = 0; i < networks.size(); i++) {
      if (networks.get(i).isUsed()) {
        return cluster.members().get(i);
      }
    }
    throw new AssertionError("nobody is connected");
  }

  private static void put(EtcdServer member, String node) {
    member.put("/services/" + SERVICE + "/" + node, node);
  }
}
