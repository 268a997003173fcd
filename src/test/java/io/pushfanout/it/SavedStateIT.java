package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Servers that start while etcd and the API server, their sources, are away. */
@ResourceLock(Cluster.SECOND)
class SavedStateIT {
  @RegisterExtension static final Cluster cluster = Cluster.second();

  private static final int BROADCASTS = 100;
  private static final int RATE = 100;
  private static final List<String> REPLICAS = List.of("a", "b", "c");
  private static final Duration CONVERGES_WITHIN = Duration.ofSeconds(10);

  /** Limit for a machine that is busy with other tests. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path dir;

  @Test
  void withEtcdAndTheApiServerBothAwayEveryReplicaStartsAndReachesEveryNode() {
    Installation installed = Installation.in(cluster);
    List<ServeProcess> replicas = new ArrayList<>();
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(4)) {
      nodes.addresses().subList(0, 3).forEach(node -> etcd.put("/services/saved/" + node, node));
      installed.applyFanout(
          "saved", "{workers: 40, queueSize: 20000, discovery: {etcd: {serviceName: saved}}}");
      start(installed, etcd, replicas);
      replicas.forEach(replica -> awaitServed(replica, 40, nodes.addresses().subList(0, 3)));
      REPLICAS.forEach(name -> awaitSaved(name, nodes.addresses().subList(0, 3)));

      cluster.server().kill();
      etcd.kill();
      replicas.getFirst().close(); // SIGKILL.
      replicas.subList(1, 3).forEach(ServeProcess::terminate);
      replicas.subList(1, 3).forEach(r -> assertThat(r.awaitExit(LIMIT)).isZero());
      replicas.clear();
      final long stopped = System.nanoTime();
      start(installed, etcd, replicas);
      replicas.forEach(ServeProcess::awaitReady);
      final Duration ready = since(stopped);
      replicas.forEach(replica -> awaitServed(replica, 40, nodes.addresses().subList(0, 3)));

      replicas.forEach(replica -> saysThatItIsSaved(installed, replica));
      List<Reply> replies = new ArrayList<>();
      for (ServeProcess replica : replicas) {
        replies.addAll(PeerCalls.to(replica).firstId(1 + replies.size()).count(BROADCASTS).send());
      }
      replicas.forEach(ServeProcess::awaitIdle);
      Map<String, NodeRecord> reached = nodes.records();
      reached.remove(nodes.address(3));
      new History(replies, reached).all("OK 3/3").delivered(History.Times.ONCE);

      ServeProcess first = replicas.getFirst();
      final int before = nodes.received(0);
      try (PeerCalls.Running calls =
          PeerCalls.to(first)
              .firstId(1 + replies.size())
              .perSecond(RATE)
              .lasting(Duration.ofMinutes(2))
              .start()) {
        nodes.awaitReceived(0, before + RATE);
        etcd.start();
        etcd.put("/services/saved/" + nodes.address(3), nodes.address(3));
        etcd.delete("/services/saved/" + nodes.address(2));
        cluster.server().start();
        final long returned = System.nanoTime();
        installed.patch("saved", "{\"spec\":{\"workers\":90}}");
        List<String> present = List.of(nodes.address(0), nodes.address(1), nodes.address(3));
        replicas.forEach(replica -> awaitServed(replica, 90, present));
        replicas.forEach(SavedStateIT::awaitNothingSaved);
        Duration converged = since(returned);

        nodes.awaitReceived(3, RATE / 2);
        replies.addAll(calls.stop().replies());
        first.awaitIdle();
        System.out.printf(
            "SavedStateIT: etcd and the API server away: 3 replicas ready %d ms after the last had"
                + " ended, %d broadcasts, none lost; converged %d ms after both were back"
                + " (promised: 10000)%n",
            ready.toMillis(), replies.size(), converged.toMillis());
        new History(replies, nodes)
            .all("OK 3/3", "OK 4/4")
            .delivered(nodes.address(0), History.Times.ONCE)
            .delivered(nodes.address(1), History.Times.ONCE);
        assertThat(converged).isLessThan(CONVERGES_WITHIN.multipliedBy(2));
      }
      replicas.forEach(
          replica -> assertThat(replica.stderr().lines().count()).as("log lines").isLessThan(40));
    } finally {
      replicas.forEach(ServeProcess::close);
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** Starts all replicas: the first with a folder of its own, the others on one volume. */
  private void start(Installation installed, EtcdServer etcd, List<ServeProcess> replicas) {
    for (String name : REPLICAS) {
      replicas.add(installed.starting(name, etcd, "--state-dir=" + stateOf(name)));
    }
  }

  private Path stateOf(String replica) {
    return dir.resolve(replica.equals("a") ? "own" : "shared");
  }

  private static void awaitServed(ServeProcess replica, int workers, List<String> nodes) {
    await()
        .alias(workers + " workers for " + nodes)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                replica.fanouts().stream()
                    .anyMatch(
                        fanout ->
                            fanout.settings().getInteger("workers") == workers
                                && connected(fanout).equals(Set.copyOf(nodes))));
  }

  private static Set<String> connected(FanoutStatus fanout) {
    return fanout.nodes().stream()
        .filter(NodeStatus::isMember)
        .filter(NodeStatus::isConnected)
        .map(NodeStatus::address)
        .collect(Collectors.toSet());
  }

  private void awaitSaved(String replica, List<String> nodes) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                nodes.stream().allMatch(read(replica, "service-saved.json")::contains)
                    && read(replica, "resources.json").contains("\"name\" : \"saved\""));
  }

  private String read(String replica, String name) {
    Path file = stateOf(replica).resolve(name);
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void saysThatItIsSaved(Installation installed, ServeProcess replica) {
    assertThat(replica.ready().body())
        .matches(
            "ready: serving saved state: resources of \\d+[sm] ago, saved of \\d+[sm] ago"
                + "; API server, the list of PushFanouts: cannot connect to https://127.*"
                + "; etcd gives no news of saved: .*\n");
    assertThat(replica.problems())
        .extracting(problem -> problem.reason())
        .contains("KubernetesDegraded");
    assertThat(replica.fanout(installed.namespace() + "/saved").problems("SavedState"))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .matches(
                        "served as it was saved before the start: its resource is as of \\d+[sm]"
                            + " ago, its nodes are as of \\d+[sm] ago"));
    Scrape metrics = replica.metrics();
    assertThat(metrics.sum("pushfanout_saved_state_age_seconds", Map.of("source", "registrations")))
        .isBetween(0L, 600L);
    assertThat(metrics.sum("pushfanout_discovery_synced", Map.of("service", "saved"))).isZero();
  }

  private static void awaitNothingSaved(ServeProcess replica) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                replica.ready().body().equals("ready\n")
                    && replica.fanouts().stream()
                        .allMatch(fanout -> fanout.problems("SavedState").isEmpty()));
  }

  @Test
  void brokenOrUnwritableStateIsReportedAndTheStartThenWaitsForEtcd() throws IOException {
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(1)) {
      String[] flags = {"--etcd-endpoints=" + etcd.endpoint(), "--state-dir=" + stateOf("a")};
      etcd.put("/services/connect-node/" + nodes.address(0), nodes.address(0));
      try (ServeProcess serve = ServeProcess.start(List.of(), flags)) {
        serve.awaitNodes("connected", NodeStatus::isConnected);
        serve.terminate();
        assertThat(serve.awaitExit(LIMIT)).isZero();
      }
      etcd.kill();
      try (ServeProcess serve = ServeProcess.start(List.of(), flags)) {
        assertThat(serve.ready().body()).contains("serving saved state: connect-node of ");
        serve.awaitNodes("connected", NodeStatus::isConnected);
        assertThat(PeerCalls.to(serve).sendOne().outcome()).isEqualTo("OK 1/1");
      }
      Path saved = stateOf("a").resolve("service-connect-node.json");
      Files.writeString(saved, Files.readString(saved).substring(0, 60));
      try (ServeProcess serve = ServeProcess.bound(flags)) {
        await().atMost(LIMIT).until(() -> serve.ready().body().contains("refused"));
        await().pollDelay(Duration.ofSeconds(2)).until(() -> serve.readyCode() == 503);
        assertThat(serve.stderr()).contains("service-connect-node.json is not taken: ");
      }
    }
    try (ChildProcess refused =
        ServeProcess.launch(List.of("serve", "--state-dir=/proc/self/state"))) {
      assertThat(refused.awaitExit(LIMIT)).isEqualTo(2);
      assertThat(refused.stderr())
          .startsWith("pushfanout serve: --state-dir /proc/self/state: cannot be written to");
    }
  }
}
