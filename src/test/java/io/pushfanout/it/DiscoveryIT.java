package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.it.EtcdFanout.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Registrations that come and go in a healthy etcd, while a caller broadcasts at a steady rate. All
 * tests share one etcd and one server; each test has a fanout.
 */
@ResourceLock(EtcdServer.CLIENTS)
class DiscoveryIT {
  private static final int RATE = 200;
  private static final int JOINS = 50;
  private static final int FLAPS = 400;

  private static final EtcdServer etcd = EtcdServer.started();
  private static ServeProcess serve;

  @BeforeAll
  static void startServer(@TempDir Path dir) {
    Map<String, Times> fanouts = new HashMap<>();
    for (String name :
        List.of("joins", "leaves", "expiry", "returns", "staggered", "malformed", "forms")) {
      fanouts.put(name, Times.USUAL);
    }
    fanouts.put("flaps", Times.SHORT_DRAIN);
    fanouts.put("lost", new Times("4s", "5s"));
    Path config = EtcdFanout.config(dir, fanouts);
    serve =
        ServeProcess.start(
            List.of(), "--etcd-endpoints", etcd.endpoint(), "--config", config.toString());
  }

  @AfterAll
  static void stopAll() {
    serve.close();
    etcd.close();
  }

  private static EtcdFanout fanout(String name) {
    return new EtcdFanout(name, etcd, serve);
  }

  @Test
  void aNodeThatRegistersGetsItsFirstMessageSoonAndEachOneFromThenOn() {
    try (EtcdFanout fanout = fanout("joins");
        PeerNodes nodes = PeerNodes.start(JOINS + 1)) {
      fanout.connect(List.of(nodes.address(0)));
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        nodes.awaitReceived(0, RATE / 2);
        List<Instant> registered = new ArrayList<>();
        for (int i = 1; i <= JOINS; i++) {
          registered.add(Instant.now());
          // Connect-nodes of other vendors write either form.
          if (i % 2 == 0) {
            fanout.register(nodes.address(i));
          } else {
            fanout.registerByNamingApi(nodes.address(i));
          }
          nodes.awaitReceived(i, 1);
        }
        History history = history(calls, fanout, nodes);
        List<Long> millis = new ArrayList<>();
        for (int i = 1; i <= JOINS; i++) {
          // The nodes joined one by one: a broadcast to more than i nodes included the i-th one.
          int before = i;
          history.of(nodes.address(i), reply -> reply.nodes() > before);
          Instant first = nodes.record(i).firstAt();
          millis.add(Duration.between(registered.get(i - 1), first).toMillis());
        }
        history.delivered(History.Times.ONCE);
        millis.sort(Long::compare);
        System.out.printf(
            "DiscoveryIT: %d joins under load, put to first message: median %d ms, max %d ms; 250"
                + " ms promised on a quiet machine: %s%n",
            JOINS,
            millis.get(JOINS / 2),
            millis.getLast(),
            millis.getLast() <= 250 ? "met" : "not met here");
        // Nine in ten within a generous margin, and all far below the 8 s of polling.
        assertThat(millis.get(JOINS * 9 / 10)).isLessThanOrEqualTo(2000);
        assertThat(millis.getLast()).isLessThanOrEqualTo(5000);
      }
    }
  }

  @Test
  void aDeletedNodeIsNoMemberAndGetsTheMessagesOfItsQueue() {
    try (EtcdFanout fanout = fanout("leaves");
        PeerNodes nodes = PeerNodes.start(3)) {
      fanout.connect(nodes.addresses());
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        String leaver = nodes.address(2);
        nodes.hold(2);
        fanout.awaitNode(leaver, "behind", node -> node.queued() > RATE);

        final long deleted = System.nanoTime();
        fanout.deregister(leaver);
        fanout.awaitMembers(nodes.addresses().subList(0, 2));
        final Duration took = Duration.ofNanos(System.nanoTime() - deleted);
        nodes.answer(2);
        fanout.awaitGone(leaver);
        int before = nodes.received(0);
        nodes.awaitReceived(0, before + RATE / 2);

        assertThat(nodes.received(2)).isGreaterThan(RATE);
        history(calls, fanout, nodes)
            .of(leaver, reply -> reply.nodes() == 3)
            .loadFlowed(nodes.address(0), before, RATE / 2)
            .delivered(History.Times.ONCE);
        System.out.printf("DiscoveryIT: a deleted node left after %d ms%n", took.toMillis());
      }
    }
  }

  @Test
  void aNodeWhoseLeaseEndsIsCountedNoMore() {
    try (EtcdFanout fanout = fanout("expiry");
        PeerNodes nodes = PeerNodes.start(3)) {
      List<String> steady = nodes.addresses().subList(0, 2);
      fanout.connect(steady);
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        nodes.awaitReceived(0, RATE / 2);
        long lease = etcd.grantLease(Duration.ofSeconds(2));
        etcd.put(fanout.key(nodes.address(2)), nodes.address(2), lease);
        nodes.awaitReceived(2, 1);

        fanout.awaitMembers(steady);
        nodes.awaitReceived(0, nodes.received(0) + RATE / 2);

        history(calls, fanout, nodes)
            .of(nodes.address(2), reply -> reply.nodes() == 3)
            .delivered(History.Times.ONCE);
      }
    }
  }

  @Test
  void aNodeThatReturnsWithinTheDrainTimeHasLostNothing() {
    try (EtcdFanout fanout = fanout("returns");
        PeerNodes nodes = PeerNodes.start(3)) {
      fanout.connect(nodes.addresses());
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        String returner = nodes.address(2);
        nodes.hold(2);
        fanout.awaitNode(returner, "behind", node -> node.queued() > RATE);

        fanout.deregister(returner);
        fanout.awaitMembers(nodes.addresses().subList(0, 2));
        int before = nodes.received(0);
        nodes.awaitReceived(0, before + RATE / 2);
        fanout.register(returner);
        fanout.awaitConnected(nodes.addresses());
        nodes.answer(2);
        nodes.awaitReceived(2, 2 * RATE);

        History history =
            history(calls, fanout, nodes)
                .of(returner, reply -> reply.nodes() == 3)
                .loadFlowed(nodes.address(0), before, RATE / 2)
                .delivered(History.Times.ONCE);
        // The counters continue, so the client is the same.
        assertThat(fanout.node(returner).enqueued()).isEqualTo(history.accepted(returner));
      }
    }
  }

  @FaultCase
  void twoHundredRegistrationsThatFlapCostTheSteadyNodesNothing() {
    try (EtcdFanout fanout = fanout("flaps");
        PeerNodes steady = PeerNodes.start(3);
        PeerNodes alive = PeerNodes.start(20);
        PeerNodes dead = PeerNodes.stopped(180)) {
      fanout.connect(steady.addresses());
      List<String> flapping = new ArrayList<>(alive.addresses());
      flapping.addAll(dead.addresses());
      Set<String> present = new TreeSet<>(steady.addresses());
      Random random = new Random(200);
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        FaultReport report =
            new FaultReport(
                "nodes flapping (%d registrations come and go)".formatted(FLAPS),
                () -> fanout.node(steady.address(0)).enqueued());
        steady.awaitReceived(0, RATE / 2);
        int before = steady.received(0);
        report.struck();
        for (int i = 0; i < FLAPS; i++) {
          String address = flapping.get(random.nextInt(flapping.size()));
          if (present.remove(address)) {
            fanout.deregister(address);
          } else {
            fanout.register(address);
            present.add(address);
          }
        }
        final long end = System.nanoTime();
        fanout.awaitMembers(present);
        final Duration took = Duration.ofNanos(System.nanoTime() - end);
        flapping.forEach(fanout::deregister);
        fanout.awaitOnly(steady.addresses());
        List<Reply> replies = calls.stop().replies();
        fanout.awaitIdle();

        new History(replies, steady)
            .loadFlowed(steady.address(0), before, RATE / 2)
            .delivered(History.Times.ONCE);
        // The applier's timing decides which flapping nodes a broadcast found; the accepted
        // messages count.
        long accepted = replies.stream().mapToLong(Reply::accepted).sum();
        assertThat(fanout.enqueued()).isEqualTo(accepted);
        alive.records().forEach((node, r) -> assertThat(r.ids()).as(node).doesNotHaveDuplicates());
        report.passed(
            "steady nodes lose nothing, the others get what was accepted for them at most once",
            "lost 0 of %d; the set was right %d ms after the last of them"
                .formatted(replies.size(), took.toMillis()));
      }
    }
  }

  @FaultCase
  void healthyNodesThatAllLoseTheirRegistrationsAreKeptForAWhileAndThenRetired() {
    try (EtcdFanout fanout = fanout("lost");
        PeerNodes nodes = PeerNodes.start(4)) {
      long lease = etcd.grantLease(Duration.ofSeconds(60));
      nodes.addresses().forEach(node -> etcd.put(fanout.key(node), node, lease));
      fanout.awaitConnected(nodes.addresses());
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        FaultReport report =
            new FaultReport(
                "all nodes lose their lease at once",
                () -> fanout.node(nodes.address(0)).enqueued());
        nodes.awaitReceived(0, RATE / 2);
        int before = nodes.received(0);
        report.struck();

        final long lost = System.nanoTime();
        etcd.revokeLease(lease);
        await().until(() -> fanout.problems("RemovalPaused").equals(fanout.members()));
        nodes.awaitReceived(0, before + 2 * RATE);
        fanout.awaitMembers(List.of());
        Duration kept = Duration.ofNanos(System.nanoTime() - lost);

        History history = history(calls, fanout, nodes).all("OK 4/4", "NO_NODES 0/0");
        nodes.addresses().forEach(node -> history.of(node, reply -> reply.nodes() == 4));
        history.loadFlowed(nodes.address(0), before, RATE / 2).delivered(History.Times.ONCE);
        report.passed(
            "nodes whose connections work are kept for removalGracePeriod, none is lost",
            "lost 0 of %d; kept for %d ms of 4000"
                .formatted(history.accepted(nodes.address(0)), kept.toMillis()));
        assertThat(kept).isBetween(Duration.ofMillis(3900), Duration.ofSeconds(10));
      }
    }
  }

  @Test
  void healthyNodesThatLoseTheirRegistrationsOneByOneComeBackWhenTheyAreMost() {
    try (EtcdFanout fanout = fanout("staggered");
        PeerNodes nodes = PeerNodes.start(5)) {
      fanout.connect(nodes.addresses());
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        nodes.awaitReceived(4, RATE / 2);
        int before = nodes.received(4);

        fanout.deregister(nodes.address(0));
        fanout.awaitMembers(nodes.addresses().subList(1, 5));
        fanout.deregister(nodes.address(1));
        fanout.awaitMembers(nodes.addresses().subList(2, 5));
        fanout.deregister(nodes.address(2));
        fanout.awaitConnected(nodes.addresses());
        fanout.deregister(nodes.address(3));
        Set<String> paused = new TreeSet<>(nodes.addresses().subList(0, 4));
        await().until(() -> fanout.problems("RemovalPaused").equals(paused));
        nodes.awaitReceived(4, before + RATE);
        paused.forEach(fanout::register);
        await().until(() -> fanout.problems("RemovalPaused").isEmpty());

        history(calls, fanout, nodes)
            .all("OK 5/5", "OK 4/4", "OK 3/3")
            .of(nodes.address(0), reply -> reply.nodes() == 5)
            .of(nodes.address(1), reply -> reply.nodes() >= 4)
            .loadFlowed(nodes.address(4), before, RATE / 2)
            .delivered(History.Times.ONCE);
      }
    }
  }

  @Test
  void malformedRegistrationsAreProblemsAndDisturbNoNode() {
    try (EtcdFanout fanout = fanout("malformed");
        PeerNodes nodes = PeerNodes.start(2)) {
      fanout.connect(nodes.addresses());
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        nodes.awaitReceived(0, RATE / 2);
        int before = nodes.received(0);
        etcd.put(fanout.key("json"), "{\"Op\":0,\"Addr\":");
        etcd.put(fanout.key("bytes"), new byte[] {(byte) 0xff, 0});
        etcd.put(fanout.key("port"), "127.0.0.1:70000");
        etcd.put(fanout.key("no address\n"), "");
        Set<String> bad =
            Set.of(
                fanout.key("json"),
                fanout.key("bytes"),
                fanout.key("port"),
                fanout.key("no address\\n"));
        await().until(() -> fanout.problems("MalformedRegistration").equals(bad));
        assertThat(fanout.discovery("invalid_registrations")).isEqualTo(4);
        assertThat(fanout.discovery("nodes")).isEqualTo(2);
        nodes.awaitReceived(0, before + RATE / 2);

        etcd.put(fanout.key("json"), nodes.address(0));
        etcd.delete(fanout.key("port"));
        await().until(() -> fanout.problems("MalformedRegistration").size() == 2);
        history(calls, fanout, nodes)
            .all("OK 2/2")
            .loadFlowed(nodes.address(0), before, RATE / 2)
            .delivered(History.Times.ONCE);
      }
    }
  }

  @Test
  void oneAddressInManyFormsUnderManyKeysIsOneNode() {
    try (EtcdFanout fanout = fanout("forms");
        PeerNodes nodes = PeerNodes.onIpv6(1)) {
      String address = nodes.address(0);
      assertThat(address).startsWith("[::1]:");
      String port = address.substring("[::1]:".length());
      etcd.put(fanout.key("plain"), address);
      etcd.put(fanout.key("long"), "[0:0:0:0:0:0:0:1]:" + port);
      etcd.put(fanout.key("[0000::0001]:" + port), "");
      fanout.registerByNamingApi(address);
      fanout.awaitConnected(List.of(address));
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        nodes.awaitReceived(0, RATE / 4);
        for (String key : List.of("plain", "long", address)) {
          fanout.deregister(key);
        }
        nodes.awaitReceived(0, nodes.received(0) + RATE / 4);
        history(calls, fanout, nodes).all("OK 1/1").delivered(History.Times.ONCE);
      }
      fanout.deregister("[0000::0001]:" + port);
      fanout.awaitMembers(List.of());
    }
  }

  /** Ends the load, and waits until every accepted message is delivered. */
  private static History history(PeerCalls.Running calls, EtcdFanout fanout, PeerNodes nodes) {
    List<Reply> replies = calls.stop().replies();
    fanout.awaitIdle();
    return new History(replies, nodes);
  }
}
