package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.discovery.TcpProxy;
import io.pushfanout.kube.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** An API server that is away: for a while, again and again, or not ready for PushFanout yet. */
@ResourceLock(Cluster.SECOND)
class OperatorOutageIT {
  @RegisterExtension static final Cluster cluster = Cluster.second();

  private static final int RATE = 200;

  private static final Duration AWAY = Duration.ofSeconds(LongForm.or(8, 300));

  /** Longer than any request may take. */
  private static final Duration DEAD = Duration.ofSeconds(LongForm.or(6, 60));

  private static final Duration APPLIES_WITHIN = Duration.ofSeconds(10);

  @FaultCase
  void broadcastsAndEtcdGoOnWhileTheApiServerIsAwayAndLaterEditsApply() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(3)) {
      etcd.put("/services/outage/" + nodes.address(0), nodes.address(0));
      installed.applyFanout("outage", "{discovery: {etcd: {serviceName: outage}}}");
      try (ServeProcess serve = installed.replica("a", etcd)) {
        serve.awaitNodes("connected", NodeStatus::isConnected);
        try (PeerCalls.Running calls =
            PeerCalls.to(serve).perSecond(RATE).lasting(AWAY.plusMinutes(2)).start()) {
          FaultReport report =
              new FaultReport(
                  "API server killed for %d s, then restarted 3 times".formatted(AWAY.toSeconds()),
                  () -> serve.node(nodes.address(0)).enqueued());
          nodes.awaitReceived(0, RATE);
          int before = nodes.received(0);
          // This check ends here: an API server that has just started refuses requests until it has
          // read the rights.
          assertThat(serve.stderr()).doesNotContain("forbidden");
          report.struck();

          cluster.server().kill();
          int joining = 1;
          etcd.put("/services/outage/" + nodes.address(joining), nodes.address(joining));
          nodes.awaitReceived(joining, RATE);
          Thread.sleep(AWAY); // The fault's length.
          assertThat(serve.readyCode()).isEqualTo(200);
          cluster.server().start();
          Duration slowest = editApplies(installed, serve, 21);
          for (int restart = 0; restart < 3; restart++) {
            cluster.server().kill();
            cluster.server().start();
            Duration took = editApplies(installed, serve, 22 + restart);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
          }
          etcd.put("/services/outage/" + nodes.address(2), nodes.address(2));
          nodes.awaitReceived(2, 1);

          List<Reply> replies = calls.stop().replies();
          serve.awaitIdle();
          assertThat(replies).allMatch(Reply::isOk);
          new History(replies, nodes)
              .loadFlowed(nodes.address(0), before, RATE)
              .delivered(nodes.address(0), History.Times.ONCE);
          assertThat(nodes.received(0) + nodes.received(1) + nodes.received(2))
              .isEqualTo(replies.stream().mapToLong(Reply::accepted).sum());
          report.passed(
              "no broadcast fails, none is lost, edits apply after it is back",
              "lost 0 of %d; edits applied within %d ms"
                  .formatted(replies.size(), slowest.toMillis()));
          assertThat(slowest).isLessThan(APPLIES_WITHIN);
          assertThat(serve.stderr().lines().count()).as("lines of the log").isLessThan(40);
        }
      }
    }
  }

  @FaultCase
  void anEditMadeWhileTheNetworkToTheApiServerIsDeadAppliesWhenItIsBack() throws Exception {
    Installation installed = Installation.in(cluster);
    try (TcpProxy network = new TcpProxy(cluster.server().port());
        EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(2)) {
      etcd.put("/services/outage/" + nodes.address(0), nodes.address(0));
      installed.applyFanout("outage", "{discovery: {etcd: {serviceName: outage}}}");
      try (ServeProcess serve = installed.behind(network).replica("a", etcd)) {
        serve.awaitNodes("connected", NodeStatus::isConnected);
        try (PeerCalls.Running calls =
            PeerCalls.to(serve).perSecond(RATE).lasting(DEAD.plusMinutes(2)).start()) {
          FaultReport report =
              new FaultReport(
                  "API server black-holed for %d s".formatted(DEAD.toSeconds()),
                  () -> serve.node(nodes.address(0)).enqueued());
          nodes.awaitReceived(0, RATE);
          final int before = nodes.received(0);
          report.struck();

          network.swallow();
          etcd.put("/services/outage/" + nodes.address(1), nodes.address(1));
          installed.patch("outage", workers(21));
          nodes.awaitReceived(1, 1);
          Thread.sleep(DEAD); // The fault's length.
          assertThat(serve.readyCode()).isEqualTo(200);
          assertThat(serve.fanouts().getFirst().settings().getInteger("workers")).isEqualTo(10);
          network.heal();
          final Duration right = applied(serve, 21);
          final Duration next = editApplies(installed, serve, 22);

          List<Reply> replies = calls.stop().replies();
          serve.awaitIdle();
          assertThat(replies).allMatch(Reply::isOk);
          new History(replies, nodes)
              .of(nodes.address(1), reply -> reply.nodes() == 2)
              .loadFlowed(nodes.address(0), before, RATE)
              .delivered(History.Times.ONCE);
          report.passed(
              "no broadcast fails, none is lost, edits made meanwhile apply after it is back",
              "lost 0 of %d; the edit applied %d ms after the end, the next one within %d ms"
                  .formatted(replies.size(), right.toMillis(), next.toMillis()));
          assertThat(right).isLessThan(APPLIES_WITHIN);
          assertThat(next).isLessThan(APPLIES_WITHIN);
        }
      }
    }
  }

  private static Duration editApplies(Installation installed, ServeProcess serve, int workers) {
    long since = System.nanoTime();
    installed.patch("outage", workers(workers));
    Duration _ = applied(serve, workers);
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private static String workers(int workers) {
    return "{\"spec\":{\"workers\":%d}}".formatted(workers);
  }

  private static Duration applied(ServeProcess serve, int workers) {
    long since = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> serve.fanouts().getFirst().settings().getInteger("workers"),
            now -> now == workers);
    return Duration.ofNanos(System.nanoTime() - since);
  }

  @Test
  void itStartsWithoutResourceDefinitionAndPermissionsAndReportsTheMissingOnes() throws Exception {
    Installation installed = Installation.withoutRights(cluster);
    try (EtcdServer etcd = EtcdServer.started();
        ServeProcess serve = installed.starting("a", etcd)) {
      awaitNotReady(serve, "forbidden");
      cluster
          .client()
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName(Cluster.CRD_NAME)
          .delete();
      installed.grantRights();
      awaitNotReady(serve, "pushfanouts.pushfanout.io is not installed, or has no v1alpha1");
      assertThat(PeerCalls.to(serve).sendOne().status()).isEqualTo("UNAVAILABLE");

      cluster.installCrd();
      await().atMost(Duration.ofSeconds(15)).until(() -> serve.readyCode() == 200);
      assertThat(serve.stderr().lines().count()).as("lines of the log").isLessThan(20);

      awaitSynced(serve, true);
      installed.removeRights();
      awaitSynced(serve, false);
      assertThat(serve.readyCode()).isEqualTo(200);
      assertThat(serve.ready().body()).startsWith("ready: API server, ").contains("forbidden");
      assertThat(serve.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.reason()).isEqualTo("KubernetesDegraded");
                assertThat(problem.message()).contains("forbidden");
              });
      installed.grantRights();
      awaitSynced(serve, true);
    }
  }

  @Test
  void withoutTheRightToWatchItServesEachListAndReportsTheMissingRight() throws Exception {
    Installation installed = Installation.withoutRights(cluster);
    installed.applyFanout("outage", "{workers: 3}");
    String namespace = "--namespace=" + installed.namespace();
    cluster
        .kubectl()
        .run("create", "role", "lists", "--verb=list", "--resource=" + Cluster.CRD_NAME, namespace)
        .ok();
    cluster
        .kubectl()
        .run(
            "create",
            "rolebinding",
            "lists",
            "--role=lists",
            "--serviceaccount=" + installed.namespace() + ":pushfanout",
            namespace)
        .ok();
    try (EtcdServer etcd = EtcdServer.started();
        ServeProcess serve = installed.replica("a", etcd)) {
      awaitSynced(serve, false);
      assertThat(serve.ready().body()).startsWith("ready: API server, ").contains("Forbidden");

      assertThat(editApplies(installed, serve, 4)).isLessThan(Duration.ofSeconds(10));
      installed.grantRights();
      awaitSynced(serve, true);
    }
  }

  private static void awaitSynced(ServeProcess serve, boolean synced) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                serve.metrics().sum("pushfanout_kubernetes_synced", Map.of()) == (synced ? 1 : 0));
  }

  /** Runs one process for all cases, because each attempt reads the file again. */
  @Test
  void obstaclesToTheApiServerAreNamedAndCheckedAgain() throws Exception {
    Installation installed = Installation.in(cluster);
    Path kubeconfig = installed.kubeconfig();
    String good = Files.readString(kubeconfig);
    String authority = "certificate-authority: ";
    Files.writeString(kubeconfig, good.replace(authority + "\"", authority + "\"/nope"));
    try (EtcdServer etcd = EtcdServer.started();
        ServeProcess serve = installed.starting("a", etcd)) {
      awaitNotReady(serve, "clusters[test].cluster.certificate-authority: there is no file /nope");
      assertThat(serve.problems().getFirst().message()).contains("there is no file /nope");
      Files.writeString(
          kubeconfig, good.replace(authority, "tls-server-name: other.example, " + authority));
      awaitNotReady(serve, "other.example");
      Files.writeString(
          kubeconfig, good.replace(authority, "proxy-url: 'http://127.0.0.1:1', " + authority));
      awaitNotReady(serve, "the proxy http://127.0.0.1:1 (kubeconfig ");
      assertThat(serve.ready().body()).contains("https://127.0.0.1:" + cluster.server().port());
      Files.writeString(kubeconfig, "broken: [");
      awaitNotReady(serve, "is no kubeconfig");
      Files.writeString(
          kubeconfig, good.replace(authority, "tls-server-name: kubernetes.default, " + authority));
      // The first list makes the server ready, and the watch ends the trouble.
      await().atMost(Duration.ofSeconds(15)).until(() -> serve.ready().body().equals("ready\n"));
    }
  }

  private static void awaitNotReady(ServeProcess serve, String why) {
    await()
        .atMost(Duration.ofSeconds(15))
        .until(
            () -> {
              assertThat(serve.isLive()).isTrue();
              return serve.readyCode() == 503 && serve.ready().body().contains(why);
            });
  }
}
