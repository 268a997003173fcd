package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.model.FanoutSettings.DeliveryMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Nodes behind the proxies of real deployments. */
@Isolated("what an absence costs is for a server and its load alone")
class ProxiesIT {
  private static final Duration LOAD = Duration.ofSeconds(8);
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path directory;

  /** A proxy in front of the node, and the mode of deliveries through this proxy. */
  private record Way(Proxy proxy, String kind, DeliveryMode mode) {}

  /**
   * Sends 100 broadcasts a second for 8 s; the node is away from the second second to the fifth.
   */
  @Test
  void nodesThatAreAwayForThreeSecondsLoseLittle() throws IOException {
    try (PeerNodes nodes = PeerNodes.streaming(1);
        Proxy one = Proxy.nginx(nodes.address(0));
        Proxy two = Proxy.nginx(nodes.address(0));
        Proxy three = Proxy.envoy(nodes.address(0));
        Proxy four = Proxy.envoy(nodes.address(0))) {
      List<Way> ways =
          List.of(
              new Way(one, "nginx", DeliveryMode.UNARY),
              new Way(two, "nginx", DeliveryMode.AUTO),
              new Way(three, "Envoy", DeliveryMode.UNARY),
              new Way(four, "Envoy", DeliveryMode.AUTO));
      write(DeliveryMode.UNARY, one, three);
      write(DeliveryMode.AUTO, two, four);
      try (ServeProcess serve = ServeProcess.connected(List.of(), "--config=" + directory);
          PeerCalls.Running calls =
              PeerCalls.to(serve)
                  .metadata("pushfanout-target", "all")
                  .perSecond(100)
                  .lasting(LOAD)
                  .start()) {
        nodes.awaitReceived(0, 200 * ways.size());
        nodes.kill(0);
        long since = System.nanoTime();
        // The load must run for 3 s without the node.
        await()
            .atMost(SOON)
            .until(() -> System.nanoTime() - since > Duration.ofSeconds(3).toNanos());
        List<String> away = ways.stream().map(way -> state(serve, way)).toList();
        nodes.startAgain(0);
        int sent = calls.replies().size();
        await().atMost(SOON).until(() -> serve.nodes().stream().allMatch(NodeStatus::isIdle));

        for (Way way : ways) {
          NodeStatus node = serve.node(way.proxy.address());
          System.out.printf(
              "ProxiesIT: %s %s: %d of %d lost%n", way.kind, way.mode, node.failed(), sent);
          assertThat(node.failed()).isLessThanOrEqualTo(20);
          assertThat(node.delivered()).isEqualTo(sent - node.failed());
          assertThat(node.state()).isEqualTo("connected");
        }
        assertThat(away).containsOnly("connecting");
      }
    }
  }

  private static String state(ServeProcess serve, Way way) {
    return serve.node(way.proxy.address()).state();
  }

  private void write(DeliveryMode mode, Proxy one, Proxy other) throws IOException {
    Files.writeString(
        directory.resolve(mode.name().toLowerCase(Locale.ROOT) + ".yaml"),
        """
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {namespace: test, name: %s}
        spec:
          discovery: {static: {nodes: ["%s", "%s"]}}
          delivery: {mode: %s}
        """
            .formatted(
                mode.name().toLowerCase(Locale.ROOT),
                one.address(),
                other.address(),
                mode == DeliveryMode.UNARY ? "Unary" : "Auto"));
  }

  /** nginx refuses the rest of a request after 1 MiB. */
  @Test
  void streamsBehindABoundOfBodiesLoseNothing() {
    try (PeerNodes nodes = PeerNodes.streaming(1);
        Proxy proxy = Proxy.nginx(nodes.address(0));
        ServeProcess serve =
            ServeProcess.connected(
                List.of(proxy.address()), ServeProcess.settings("delivery.mode=Stream"))) {
      int sent = PeerCalls.to(serve).count(100).size(100_000).perSecond(50).send().size();
      await().atMost(SOON).until(() -> serve.node(proxy.address()).isIdle());
      NodeStatus node = serve.node(proxy.address());

      assertThat(node.failed()).isZero();
      assertThat(node.delivered()).isEqualTo(sent);
    }
  }

  @Test
  void absenceIsAStateAndAProblem() {
    try (PeerNodes nodes = PeerNodes.streaming(1);
        Proxy proxy = Proxy.envoy(nodes.address(0));
        ServeProcess serve = ServeProcess.connected(List.of(proxy.address()));
        PeerCalls.Running calls = PeerCalls.to(serve).perSecond(50).lasting(SOON).start()) {
      nodes.awaitReceived(0, 20);
      long since = System.nanoTime();
      nodes.kill(0);
      serve.awaitNode(proxy.address(), "unreachable", node -> node.state().equals("unreachable"));
      long millis = Duration.ofNanos(System.nanoTime() - since).toMillis();
      System.out.printf("ProxiesIT: unreachable %d ms after the node went%n", millis);
      assertThat(millis).isBetween(4_000L, 15_000L);
      assertThat(serve.fanouts().getFirst().problems("Unreachable"))
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).startsWith("absent behind its"));
      nodes.startAgain(0);
      serve.awaitNode(proxy.address(), "connected", NodeStatus::isConnected);
      var _ = calls.stop().replies();
    }
  }

  @Test
  void streamsThatAProxyHoldsBackGiveWayToCalls() {
    try (PeerNodes nodes = PeerNodes.streaming(1);
        Proxy proxy = Proxy.bufferingEnvoy(nodes.address(0));
        ServeProcess serve =
            ServeProcess.connected(
                List.of(proxy.address()), ServeProcess.settings("rpcTimeout=1s"))) {
      for (int i = 0; i < 2; i++) {
        var _ = PeerCalls.to(serve).sendOne();
        await().atMost(SOON).until(() -> serve.node(proxy.address()).isIdle());
      }
      NodeStatus before = serve.node(proxy.address());
      var _ = PeerCalls.to(serve).firstId(10).count(200).perSecond(100).send();
      await().atMost(SOON).until(() -> serve.node(proxy.address()).isIdle());
      NodeStatus node = serve.node(proxy.address());

      System.out.printf(
          "ProxiesIT: a proxy that buffers: %d lost until the node got calls, %d of 200 after%n",
          before.failed(), node.failed() - before.failed());
      assertThat(node.delivered() - before.delivered()).isGreaterThanOrEqualTo(198);
      assertThat(serve.fanouts().getFirst().problems("StreamsUnacknowledged")).hasSize(1);
    }
  }

  @Test
  void aProxyThatComesBeforeItsNodeKeepsNoStreamsAway() {
    try (PeerNodes nodes = PeerNodes.streaming(1);
        Proxy proxy = Proxy.envoy(nodes.address(0))) {
      nodes.kill(0);
      try (ServeProcess serve = ServeProcess.start(List.of(proxy.address()));
          PeerCalls.Running calls = PeerCalls.to(serve).perSecond(20).lasting(SOON).start()) {
        await().atMost(SOON).until(() -> serve.node(proxy.address()).failed() >= 3);
        nodes.startAgain(0);
        long since = System.nanoTime();
        await().atMost(SOON).until(() -> nodes.record(0).streams() > 0);
        System.out.printf(
            "ProxiesIT: streams %d ms after the node (promised: 2000)%n",
            Duration.ofNanos(System.nanoTime() - since).toMillis());
        var _ = calls.stop().replies();
      }
    }
  }

  /**
   * The queue holds half a second of the rate, so a longer gap in the connection drops messages.
   * Drops of a cold JVM that still compiles do not count.
   */
  @Test
  void connectionsThatEndAfterThousandRequestsDropNothing() {
    try (PeerNodes nodes = PeerNodes.start(1);
        Proxy proxy = Proxy.nginx(nodes.address(0));
        ServeProcess serve =
            ServeProcess.connected(
                List.of(proxy.address()),
                ServeProcess.settings("delivery.mode=Unary", "workers=50", "queueSize=200"))) {
      int before = PeerCalls.to(serve).perSecond(400).lasting(WARM_UP).send().size();
      await().atMost(SOON).until(() -> serve.node(proxy.address()).isIdle());
      NodeStatus warm = serve.node(proxy.address());
      int sent = PeerCalls.to(serve).firstId(before).perSecond(400).lasting(LOAD).send().size();
      await().atMost(SOON).until(() -> serve.node(proxy.address()).isIdle());
      NodeStatus node = serve.node(proxy.address());
      long dropped = node.dropped("queue_full") - warm.dropped("queue_full");

      System.out.printf(
          "ProxiesIT: nginx as it is, %d broadcasts: %d dropped, %d failed%n",
          sent, dropped, node.failed());
      assertThat(dropped).isZero();
      assertThat(node.failed()).isZero();
    }
  }
}
