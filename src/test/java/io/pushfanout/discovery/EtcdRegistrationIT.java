package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(EtcdServer.CLIENTS)
class EtcdRegistrationIT {
  private static final String SERVICE = "connect-node";
  private static final NodeAddress NODE = new NodeAddress("2001:db8::1", 50052);
  private static final String KEY = "/services/connect-node/[2001:db8::1]:50052";
  private static final Duration TTL = Duration.ofSeconds(3);

  private final EtcdServer etcd = EtcdServer.absent();
  private final EtcdRegistration registration = registration(etcd.endpoint());

  @AfterEach
  void close() {
    registration.close();
    etcd.close();
  }

  @Test
  void theKeyIsThereUnderALeaseUntilTheNodeLeaves() {
    start();
    assertThat(etcd.get(KEY)).isEqualTo("[2001:db8::1]:50052");
    assertThat(etcd.leaseOf(KEY)).isNotZero();

    registration.close();

    assertThat(etcd.get(KEY)).isNull();
    assertThat(registration.isRegistered()).isFalse();
    registration.start();
    registration.close();
  }

  @Test
  void theLeaseIsKeptAlive() {
    start();
    long lease = etcd.leaseOf(KEY);
    long until = System.nanoTime() + TTL.multipliedBy(2).toNanos();

    await()
        .atMost(Found.LIMIT)
        .until(
            () -> {
              assertThat(etcd.leaseOf(KEY)).isEqualTo(lease);
              return System.nanoTime() > until;
            });
  }

  @Test
  void discoveryFindsIt() {
    start();
    Found found = new Found();
    try (EtcdDiscovery discovery =
        new EtcdDiscovery(EtcdOptions.parse(List.of(etcd.endpoint())), found)) {
      discovery.setServices(Set.of(SERVICE));
      found.awaitNodes(SERVICE, Set.of(NODE.toString()));
      registration.close();
      found.awaitNodes(SERVICE, Set.of());
    }
  }

  @Test
  void etcdMayComeLater() {
    long before = System.nanoTime();
    registration.start();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));

    etcd.start();

    awaitKey();
  }

  @Test
  void aDeletedKeyComesBack() {
    start();

    etcd.delete(KEY);

    awaitKey();
  }

  @Test
  void aRevokedLeaseIsReplaced() {
    start();
    long revoked = etcd.leaseOf(KEY);

    etcd.revokeLease(revoked);

    awaitKey();
    assertThat(etcd.leaseOf(KEY)).isNotEqualTo(revoked).isNotZero();
  }

  @Test
  void aLeaseThatEndedWhileTheNetworkWasDeadIsReplaced() {
    etcd.start();
    try (TcpProxy network = new TcpProxy(etcd.clientPort());
        EtcdRegistration far = registration(network.endpoint())) {
      far.start();
      awaitKey();

      network.swallow();
      await().atMost(Found.LIMIT).until(() -> etcd.get(KEY) == null);
      network.heal();

      awaitKey();
    }
    assertThat(etcd.get(KEY)).isNull();
  }

  @Test
  void aRestartOfEtcdOnItsDataLeavesTheLeaseInForce() {
    start();
    long lease = etcd.leaseOf(KEY);

    etcd.kill();
    await().atMost(Found.LIMIT).until(() -> !registration.isRegistered());
    etcd.start();

    await().atMost(Found.LIMIT).until(registration::isRegistered);
    assertThat(etcd.leaseOf(KEY)).isEqualTo(lease);
  }

  @Test
  void anEtcdThatLostItsDataGetsTheRegistrationAgain() {
    start();

    etcd.killAndForget();
    etcd.start();

    awaitKey();
  }

  @Test
  void aNewerProcessAtTheSameAddressKeepsTheKeyWhenTheOlderLeaves() {
    start();
    try (EtcdRegistration newer = registration(etcd.endpoint())) {
      final long older = etcd.leaseOf(KEY);
      newer.start();
      await().atMost(Found.LIMIT).until(() -> etcd.leaseOf(KEY) != older);

      registration.close();

      assertThat(etcd.get(KEY)).isNotNull();
    }
    assertThat(etcd.get(KEY)).isNull();
  }

  @Test
  void closingIsQuickWhenEtcdDoesNotAnswer() {
    start();
    etcd.freeze();

    long before = System.nanoTime();
    registration.close();

    Duration took = Duration.ofNanos(System.nanoTime() - before);
    System.out.printf("EtcdRegistrationIT: closed after %d ms%n", took.toMillis());
    // Closing waits 3 s at most for etcd; the bound has room for a machine busy with other tests.
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    // A pool counts as ended shortly before its last thread ends.
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(
                        thread -> thread.getName().equals("pushfanout-registration " + NODE)));
    etcd.thaw();
  }

  @Test
  void aLeaseTooShortOrTooLongIsRefused() {
    for (Duration ttl : List.of(Duration.ofMillis(1999), Duration.ofHours(2))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new EtcdRegistration(
                      EtcdOptions.parse(List.of(etcd.endpoint())), SERVICE, NODE, ttl))
          .withMessageContaining("2s to 1h");
    }
  }

  private void start() {
    etcd.start();
    registration.start();
    awaitKey();
  }

  private void awaitKey() {
    await().atMost(Found.LIMIT).until(() -> etcd.get(KEY) != null);
    await().atMost(Found.LIMIT).until(() -> etcd.leaseOf(KEY) != 0);
  }

  private static EtcdRegistration registration(String endpoint) {
    return new EtcdRegistration(EtcdOptions.parse(List.of(endpoint)), SERVICE, NODE, TTL);
  }
}
