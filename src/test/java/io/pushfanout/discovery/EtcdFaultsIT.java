package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;

/** Discovery on an etcd that fails; EtcdOutageIT tests more outages, with nodes and load. */
@ResourceLock(EtcdServer.CLIENTS)
class EtcdFaultsIT {
  private static final String SERVICE = "connect-node";
  private static final Duration PROMISED = Duration.ofSeconds(5);

  private final EtcdServer etcd = EtcdServer.absent();
  private final Found found = new Found();

  @AfterEach
  void close() {
    etcd.close();
  }

  @Test
  void anEtcdThatIsKilledAndStartsAgainOnItsDataCostsNoNodeAndTwoLinesInTheLog() {
    etcd.start();
    put("127.0.0.1:1");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(EtcdDiscovery.class.getPackageName());
    logger.addAppender(log);
    try (EtcdDiscovery discovery = discovery(etcd.endpoint())) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));

      etcd.kill();
      found.awaitLast(SERVICE, told -> told.degraded());
      assertThat(discovery.problem(SERVICE)).isPresent();
      etcd.start();
      put("127.0.0.1:2");

      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2"), PROMISED);
      assertThat(found.last(SERVICE).degraded()).isFalse();
      assertThat(discovery.problem(SERVICE)).isEmpty();
    } finally {
      logger.detachAppender(log);
    }
    assertNeverWithout("127.0.0.1:1");
    assertThat(found.all(SERVICE)).filteredOn(t -> t.registrations().degraded()).hasSize(1);
    assertThat(log.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .allMatch(line -> line.startsWith("etcd is ") && !line.contains("\n"));
    assertThat(log.list).allMatch(event -> event.getThrowableProxy() == null);
  }

  @Test
  void anEtcdThatIsAbsentAtTheStartIsFoundWhenItComes() {
    try (EtcdDiscovery discovery = discovery(etcd.endpoint())) {
      await().atMost(Found.LIMIT).until(() -> refused(discovery));
      assertThat(discovery.answered(SERVICE)).isFalse();
      assertThat(found.all(SERVICE)).isEmpty();

      etcd.start();
      put("127.0.0.1:1");

      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"), PROMISED);
      assertThat(discovery.answered(SERVICE)).isTrue();
    }
  }

  private static boolean refused(EtcdDiscovery discovery) {
    return discovery.problem(SERVICE).orElse("").contains("refused");
  }

  @Test
  void historyThatWasCompactedWhileWeWereAwayIsNotNeeded() {
    etcd.start();
    put("127.0.0.1:1");
    put("127.0.0.1:2");
    try (TcpProxy network = new TcpProxy(etcd.clientPort());
        EtcdDiscovery _ = discovery(network.endpoint())) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2"));

      network.cut();
      found.awaitLast(SERVICE, told -> told.degraded());
      for (int i = 0; i < 100; i++) {
        put("127.0.0.1:3");
        delete("127.0.0.1:2");
        put("127.0.0.1:2");
      }
      delete("127.0.0.1:2");
      etcd.compact();
      network.heal();

      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:3"), PROMISED);
    }
    assertNeverWithout("127.0.0.1:1");
  }

  @Test
  void aCompactionUnderTheWatchDisturbsNothing() {
    etcd.start();
    put("127.0.0.1:1");
    try (EtcdDiscovery _ = discovery(etcd.endpoint())) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));
      for (int i = 0; i < 20; i++) {
        put("127.0.0.1:2");
        delete("127.0.0.1:2");
        etcd.compact();
      }
      put("127.0.0.1:3");
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:3"), PROMISED);
    }
    assertNeverWithout("127.0.0.1:1");
  }

  @Test
  void anEtcdThatForgotEverythingIsBelieved() {
    etcd.start();
    put("127.0.0.1:1");
    for (int i = 0; i < 20; i++) {
      put("127.0.0.1:2");
    }
    try (EtcdDiscovery _ = discovery(etcd.endpoint())) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2"));

      etcd.killAndForget();
      etcd.start();
      put("127.0.0.1:3");

      found.awaitNodes(SERVICE, Set.of("127.0.0.1:3"), PROMISED);
    }
  }

  private EtcdDiscovery discovery(String endpoint) {
    EtcdDiscovery discovery = new EtcdDiscovery(EtcdOptions.parse(List.of(endpoint)), found);
    discovery.setServices(Set.of(SERVICE));
    return discovery;
  }

  /** Asserts that each hand-over, from the first one on, has the node. */
  private void assertNeverWithout(String node) {
    assertThat(found.all(SERVICE))
        .allSatisfy(told -> assertThat(Found.names(told.registrations())).contains(node));
  }

  private void put(String node) {
    etcd.put("/services/" + SERVICE + "/" + node, node);
  }

  private void delete(String node) {
    etcd.delete("/services/" + SERVICE + "/" + node);
  }
}
