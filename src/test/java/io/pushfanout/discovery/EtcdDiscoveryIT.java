package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.RegistrationPublisher;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.plan.Registrations.Trouble;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Registrations that come and go in a healthy etcd. */
@ResourceLock(EtcdServer.CLIENTS)
class EtcdDiscoveryIT {
  private static final EtcdServer etcd = EtcdServer.started();
  private static int services;

  private final String service = "service-" + services++;
  private final Found found = new Found();
  private final EtcdDiscovery discovery =
      new EtcdDiscovery(EtcdOptions.parse(List.of(etcd.endpoint())), found);

  @AfterAll
  static void stopEtcd() {
    etcd.close();
  }

  @AfterEach
  void close() {
    discovery.close();
  }

  @Test
  void everyFormOfAValueIsRead() {
    put("127.0.0.1:1", "127.0.0.1:1");
    put("127.0.0.1:2", "");
    put("from-the-naming-api", "{\"Op\":0,\"Addr\":\"127.0.0.1:3\",\"Metadata\":null}");
    put("127.0.0.1:4000", "127.0.0.1:4");
    put("a/deeper/key", "Node-5.Example.COM.:5\n");
    put("[2001:DB8:0:0::6]:6", "");
    put("seven", "[2001:db8:0:0:0:0:0:7]:7");

    discovery.setServices(Set.of(service));

    found.awaitNodes(
        service,
        Set.of(
            "127.0.0.1:1",
            "127.0.0.1:2",
            "127.0.0.1:3",
            "127.0.0.1:4",
            "node-5.example.com:5",
            "[2001:db8::6]:6",
            "[2001:db8::7]:7"));
    assertThat(found.last(service).malformed()).isEmpty();
  }

  @Test
  void aPrefixHasTheNodesOfAFramework() {
    String prefix = "/microservices/" + service + "/";
    etcd.put(prefix, "");
    etcd.put(prefix + "7f3a", "{\"endpoints\":[\"http://127.0.0.1:8\",\"grpc://127.0.0.1:9\"]}");
    etcd.put("/microservices/" + service + "-eu/7f3b", "{\"endpoints\":[\"grpc://127.0.0.1:7\"]}");
    etcd.put(prefix + "secret", "hunter2");

    discovery.setServices(Set.of(prefix));

    found.awaitNodes(prefix, Set.of("127.0.0.1:9"));
    assertThat(found.last(prefix).malformed())
        .containsExactly(new Malformed(prefix + "secret", "must be host:port, with a port"));
  }

  @Test
  void aKeyOfADirectoryIsNoMistake() {
    put("", "");
    put("127.0.0.1:1", "");

    discovery.setServices(Set.of(service));

    found.awaitNodes(service, Set.of("127.0.0.1:1"));
    assertThat(found.last(service).malformed()).isEmpty();
  }

  @Test
  void theFirstAnswerIsHandedOverAtOnceEvenWithoutNodes() {
    assertThat(discovery.answered(service)).isFalse();

    discovery.setServices(Set.of(service));

    assertThat(found.first(service, _ -> true).registrations())
        .isEqualTo(new Registrations(Set.of(), List.of(), Set.of(), null));
    found.awaitLast(service, _ -> discovery.answered(service));
    assertThat(discovery.problem(service)).isEmpty();
  }

  @Test
  void malformedRegistrationsAreNamedAndDisturbNoOthers() {
    discovery.setServices(Set.of(service));
    put("good-1", "127.0.0.1:1");
    put("bad-json", "{\"Op\":0,\"Addr\":");
    etcd.put("/services/" + service + "/bad-bytes\n", new byte[] {(byte) 0xff, 0, 1});
    put("bad-port", "127.0.0.1:70000");
    put("good-2", "127.0.0.1:2");

    Registrations told = found.awaitLast(service, r -> r.nodes().size() == 2);

    assertThat(told.malformed())
        .extracting(Malformed::key)
        .containsExactly(
            "/services/" + service + "/bad-bytes\\n",
            "/services/" + service + "/bad-json",
            "/services/" + service + "/bad-port");
    put("bad-json", "127.0.0.1:3");
    delete("bad-port");
    Registrations better = found.awaitLast(service, r -> r.malformed().size() == 1);
    assertThat(better.nodes()).hasSize(3);
  }

  @Test
  void twoKeysWithOneAddressAreOneNodeThatGoesWithTheLast() {
    put("one", "127.0.0.1:1");
    put("two", "{\"Addr\":\"127.0.0.1:1\"}");
    put("other", "127.0.0.1:2");
    discovery.setServices(Set.of(service));
    found.awaitNodes(service, Set.of("127.0.0.1:1", "127.0.0.1:2"));

    delete("one");
    put("mark", "127.0.0.1:3");
    found.awaitNodes(service, Set.of("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"));
    delete("two");

    found.awaitNodes(service, Set.of("127.0.0.1:2", "127.0.0.1:3"));
  }

  @Test
  void neighboursWithALongerNameAreNotMistaken() {
    etcd.put("/services/" + service + "0/127.0.0.1:1", "127.0.0.1:1");
    etcd.put("/services/" + service + "/127.0.0.1:2", "127.0.0.1:2");
    etcd.put("/services/" + service, "127.0.0.1:3");

    discovery.setServices(Set.of(service));

    found.awaitNodes(service, Set.of("127.0.0.1:2"));
  }

  @Test
  void aJoinIsHandedOverWithinAQuarterOfASecondOfItsPut() {
    discovery.setServices(Set.of(service));
    found.first(service, _ -> true);
    List<Long> millis = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      NodeAddress node = new NodeAddress("127.0.0.1", i);
      long before = System.nanoTime();
      put(node.toString(), node.toString());
      Found.Told told = found.first(service, r -> r.nodes().contains(node));
      assertThat(told.registrations().announced()).containsExactly(node);
      millis.add(Duration.ofNanos(told.atNanos() - before).toMillis());
    }
    Collections.sort(millis);
    System.out.printf(
        "50 joins, put to hand-over: median %d ms, 95 %% %d ms, max %d ms (promised: 250)%n",
        millis.get(24), millis.get(47), millis.getLast());
    assertThat(millis.getLast()).isLessThan(2000);
  }

  @Test
  void anExpiredLeaseTakesItsNodeAway() {
    long lease = etcd.grantLease(Duration.ofSeconds(2));
    etcd.put("/services/" + service + "/127.0.0.1:1", "127.0.0.1:1", lease);
    put("127.0.0.1:2", "127.0.0.1:2");
    discovery.setServices(Set.of(service));
    found.awaitNodes(service, Set.of("127.0.0.1:1", "127.0.0.1:2"));

    found.awaitNodes(service, Set.of("127.0.0.1:2"));
  }

  @Test
  void aRegistrationThatIsWrittenAgainIsAnnouncedAgain() {
    put("127.0.0.1:1", "127.0.0.1:1");
    put("127.0.0.1:2", "127.0.0.1:2");
    discovery.setServices(Set.of(service));
    found.first(service, r -> r.nodes().size() == 2);
    int before = found.all(service).size();

    put("127.0.0.1:1", "127.0.0.1:1");

    found.awaitLast(service, _ -> found.all(service).size() > before);
    assertThat(found.last(service).announced()).containsExactly(new NodeAddress("127.0.0.1", 1));
    assertThat(found.last(service).nodes()).hasSize(2);
  }

  @Test
  void flappingRegistrationsEndInTheRightSetWithFewHandOvers() {
    discovery.setServices(Set.of(service));
    Random random = new Random(4);
    Set<String> present = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      String node = "127.0.0.1:" + (1 + random.nextInt(200));
      if (present.remove(node)) {
        delete(node);
      } else {
        put(node, node);
        present.add(node);
      }
    }

    found.awaitNodes(service, present);
    List<Found.Told> all = found.all(service);
    long span = all.getLast().atNanos() - all.getFirst().atNanos();
    assertThat(all.size())
        .isLessThanOrEqualTo((int) (span / RegistrationPublisher.WINDOW.toNanos()) + 2);
    System.out.printf("1000 flaps of 200 registrations: %d hand-overs%n", all.size());
  }

  @Test
  void moreRegistrationsThanOneAnswerHoldsAreAllFound() {
    List<String> nodes = new ArrayList<>();
    for (int i = 1; i <= 2500; i++) {
      nodes.add("127.0.0.1:" + i);
    }
    nodes.parallelStream().forEach(node -> put(node, node));
    // Values so large that etcd would refuse to send a whole page of them.
    for (int i = 0; i < 20; i++) {
      etcd.put("/services/" + service + "/huge" + i, new byte[1_400_000]);
    }

    discovery.setServices(Set.of(service));

    found.awaitNodes(service, Set.copyOf(nodes));
    assertThat(found.last(service).malformed()).hasSize(20);
    for (int i = 0; i < 20; i++) {
      delete("huge" + i);
    }
  }

  @Test
  void servicesAreSwitchedWhileItRuns() {
    String other = service + "-b";
    put("127.0.0.1:1", "");
    etcd.put("/services/" + other + "/127.0.0.1:2", "");
    discovery.setServices(Set.of(service));
    found.awaitNodes(service, Set.of("127.0.0.1:1"));
    final int toldOfService = found.all(service).size();

    discovery.setServices(Set.of(service, other));
    found.awaitNodes(other, Set.of("127.0.0.1:2"));
    discovery.setServices(Set.of(other));
    found.awaitLast(other, _ -> !discovery.answered(service));
    put("127.0.0.1:3", "");
    etcd.put("/services/" + other + "/127.0.0.1:4", "");
    found.awaitNodes(other, Set.of("127.0.0.1:2", "127.0.0.1:4"));
    assertThat(found.all(service)).hasSize(toldOfService);
    assertThat(found.forgotten()).containsExactly(service);

    discovery.setServices(Set.of(service));
    found.awaitNodes(service, Set.of("127.0.0.1:1", "127.0.0.1:3"));
  }

  @Test
  void manyServicesShareOneConnection() {
    put("127.0.0.1:1", "");
    discovery.setServices(Set.of(service));
    found.awaitNodes(service, Set.of("127.0.0.1:1"));
    final long before = Connections.to(etcd.clientPort());
    Set<String> many = new TreeSet<>(Set.of(service));
    for (int i = 0; i < 20; i++) {
      many.add(service + "-" + i);
    }

    discovery.setServices(many);
    found.awaitLast(service, _ -> many.stream().allMatch(discovery::answered));

    // Connections of earlier tests may still be closing.
    assertThat(Connections.to(etcd.clientPort())).isLessThanOrEqualTo(before);
    discovery.setServices(Set.of(service));
    put("127.0.0.1:2", "");
    found.awaitNodes(service, Set.of("127.0.0.1:1", "127.0.0.1:2"));
  }

  @Test
  void aListenerThatThrowsGetsTheSameAgainAndOnlyThenIsItAnswered() {
    put("127.0.0.1:1", "");
    AtomicInteger failures = new AtomicInteger(2);
    List<Registrations> told = new CopyOnWriteArrayList<>();
    NodeDiscovery.Listener throwing =
        new NodeDiscovery.Listener() {
          @Override
          public void registrations(String service, Registrations registrations) {
            if (failures.getAndDecrement() > 0) {
              throw new LinkageError("as the test wants it");
            }
            told.add(registrations);
          }

          @Override
          public void unanswered(String service, Trouble why) {}

          @Override
          public void forgotten(String service) {}
        };
    try (EtcdDiscovery other =
        new EtcdDiscovery(EtcdOptions.parse(List.of(etcd.endpoint())), throwing)) {
      other.setServices(Set.of(service));
      await().atMost(Found.LIMIT).until(() -> failures.get() < 2);
      assertThat(other.answered(service)).isFalse();
      await().atMost(Found.LIMIT).until(() -> other.answered(service));

      assertThat(told).hasSize(1);
      assertThat(told.getFirst().nodes()).hasSize(1);
    }
  }

  @Test
  void afterCloseThereIsNoThreadAndNoConnectionLeft() {
    discovery.setServices(Set.of(service, service + "-b"));
    found.first(service, _ -> true);
    found.first(service + "-b", _ -> true);
    assertThat(Connections.to(etcd.clientPort())).isPositive();
    final long others = Connections.to(etcd.clientPort()) - 1;

    discovery.close();
    put("127.0.0.1:1", "");

    found.awaitLast(service, _ -> Connections.to(etcd.clientPort()) <= others);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("pushfanout-discovery"));
    assertThat(found.last(service).nodes()).isEmpty();
    discovery.setServices(Set.of(service));
    discovery.close();
  }

  private void put(String suffix, String value) {
    etcd.put("/services/" + service + "/" + suffix, value.getBytes(StandardCharsets.UTF_8));
  }

  private void delete(String suffix) {
    etcd.delete("/services/" + service + "/" + suffix);
  }
}
