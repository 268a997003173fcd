package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.TcpProxy;
import io.pushfanout.it.EditedFile.Way;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fan-out servers that are nodes of each other, or of themselves: no message circulates. */
class LoopsIT {
  private static final String VIA = "pushfanout-via";

  /** Bound for a promise of one second, with room for other tests on the machine. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final Duration RELOADED_WITHIN = Duration.ofSeconds(30);

  @TempDir Path directory;

  /** A server with nodes and a target of deliveries that a test may change. */
  private final class Edited implements AutoCloseable {
    private final EditedFile file;
    private final ServeProcess serve;

    Edited(String name, String... nodes) {
      file = new EditedFile(directory, name + ".yaml");
      write(nodes);
      serve = ServeProcess.bound("--config=" + file.path());
      serve.awaitReady();
    }

    private void write(String... nodes) {
      file.write(
          Way.RENAMED_OVER,
          """
          apiVersion: pushfanout.io/v1alpha1
          kind: PushFanout
          metadata: {name: default}
          spec: {discovery: {static: {nodes: [%s]}}}
          """
              .formatted(Arrays.stream(nodes).collect(Collectors.joining("', '", "'", "'"))));
    }

    /** Replaces the nodes, and returns when the expected ones are connected. */
    void nodes(List<String> all, List<String> connected) {
      write(all.toArray(String[]::new));
      await()
          .atMost(RELOADED_WITHIN)
          .until(
              () ->
                  serve.nodes().stream()
                      .filter(NodeStatus::isConnected)
                      .map(NodeStatus::address)
                      .toList(),
              nodes -> nodes.containsAll(connected));
    }

    List<FanoutStatus.Problem> problems(String reason) {
      return serve.fanout("default/default").problems(reason);
    }

    void awaitLoopOf(String node) {
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> problems("Loop").stream().map(FanoutStatus.Problem::node).toList(),
              List.of(node)::equals);
    }

    @Override
    public void close() {
      serve.close();
    }
  }

  private static int portOf(String address) {
    return NodeAddress.parse(address).port();
  }

  @Test
  void aServerThatIsItsOwnNodeReachesTheOthersOnceAndReportsTheLoop() {
    try (PeerNodes nodes = PeerNodes.start(1);
        Edited self = new Edited("self", nodes.address(0));
        TcpProxy alias = new TcpProxy(portOf(self.serve.grpc()))) {
      String port = ":" + portOf(self.serve.grpc());
      List<String> refused =
          Stream.of("127.0.0.1" + port, self.serve.http(), "localhost" + port, "0.0.0.0:50052")
              .sorted()
              .toList();
      List<String> good = List.of(nodes.address(0), alias.address());
      self.nodes(Stream.concat(refused.stream(), good.stream()).toList(), good);

      assertThat(self.problems("NodeRefused"))
          .extracting(FanoutStatus.Problem::node)
          .containsExactlyInAnyOrderElementsOf(refused);
      assertThat(PeerCalls.to(self.serve).sendOne().outcome()).isEqualTo("OK 2/2");
      self.awaitLoopOf(alias.address());
      LedgerCheck.agree(self.serve);
      assertThat(nodes.record(0).received()).isEqualTo(1);
      assertThat(self.serve.node(alias.address()).failed()).isEqualTo(1);
      assertThat(self.serve.metrics().broadcasts("ok")).isEqualTo(1);
      assertThat(self.serve.metrics().broadcasts("invalid")).as("it came back").isEqualTo(1);

      self.nodes(good.subList(0, 1), good.subList(0, 1));
      await().atMost(RELOADED_WITHIN).until(() -> self.problems("Loop").isEmpty());
      assertThat(self.problems("NodeRefused")).isEmpty();
      assertThat(self.serve.stderr().split("refused node", -1)).hasSize(1 + refused.size());
    }
  }

  @Test
  void twoServersThatAreEachOthersNodesPassAMessageOnOnce() {
    try (PeerNodes nodes = PeerNodes.start(2);
        Edited a = new Edited("a", nodes.address(0));
        Edited b = new Edited("b", nodes.address(1), a.serve.grpc())) {
      a.nodes(List.of(nodes.address(0), b.serve.grpc()), List.of(b.serve.grpc()));
      b.serve.awaitNodes("connected", NodeStatus::isConnected);

      assertThat(PeerCalls.to(a.serve).firstId(1).sendOne().outcome()).isEqualTo("OK 2/2");
      b.awaitLoopOf(a.serve.grpc());
      assertThat(a.problems("Loop")).as("its node took the message").isEmpty();
      assertThat(nodes.record(0).ids()).containsExactly(1);
      assertThat(nodes.record(1).ids()).containsExactly(1);

      assertThat(PeerCalls.to(b.serve).firstId(2).sendOne().outcome()).isEqualTo("OK 2/2");
      a.awaitLoopOf(b.serve.grpc());
      assertThat(a.problems("Loop")).as("nothing was delivered since").hasSize(1);
      LedgerCheck.agree(a.serve);
      LedgerCheck.agree(b.serve);
      assertThat(nodes.record(0).ids()).containsExactly(1, 2);
      assertThat(nodes.record(1).ids()).containsExactly(1, 2);
      for (Edited each : List.of(a, b)) {
        assertThat(each.serve.metrics().broadcasts("ok")).isEqualTo(2);
        assertThat(each.serve.metrics().broadcasts("invalid")).isEqualTo(1);
      }
    }
  }

  @Test
  void aTreeDeliversToEachNodeOnceAndATargetSelectsOneOfAChildsFanouts() {
    try (PeerNodes nodes = PeerNodes.start(4);
        Edited leaf = new Edited("leaf", nodes.address(2));
        ServeProcess child = ServeProcess.bound("--config=" + twoFanouts(nodes, leaf));
        ServeProcess root =
            ServeProcess.start(
                List.of(nodes.address(0), child.grpc()), "--set=delivery.target=prod/chat")) {
      child.awaitNodes("connected", NodeStatus::isConnected);
      root.awaitNodes("connected", NodeStatus::isConnected);

      assertThat(PeerCalls.to(root).metadata(VIA, "some,process").sendOne().outcome())
          .isEqualTo("OK 2/2");
      await().atMost(SOON).until(() -> received(nodes), List.of(1, 1, 1, 0)::equals);
      LedgerCheck.agree(root);
      LedgerCheck.agree(child);
      LedgerCheck.agree(leaf.serve);
      assertThat(root.node(child.grpc()).delivered()).isEqualTo(1);
      assertThat(leaf.problems("Loop")).isEmpty();
      assertThat(received(nodes)).containsExactly(1, 1, 1, 0);
    }
  }

  private String twoFanouts(PeerNodes nodes, Edited leaf) {
    EditedFile file = new EditedFile(directory, "child.yaml");
    file.write(
        Way.IN_PLACE,
        """
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: chat, namespace: prod}
        spec:
          discovery: {static: {nodes: ['%s', '%s']}}
          delivery: {target: all}
        ---
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: other, namespace: prod}
        spec: {discovery: {static: {nodes: ['%s']}}}
        """
            .formatted(nodes.address(1), leaf.serve.grpc(), nodes.address(3)));
    return file.path();
  }

  private static List<Integer> received(PeerNodes nodes) {
    return Stream.of(0, 1, 2, 3).map(i -> nodes.record(i).received()).toList();
  }

  @Test
  void aCircleLongerThanAListEndsAtTheNinth() throws Exception {
    List<LiveManager> ring = new ArrayList<>();
    try {
      for (int i = 0; i < 9; i++) {
        ring.add(new LiveManager());
      }
      for (int i = 0; i < 9; i++) {
        ring.get(i).apply(List.of(ring.get((i + 1) % 9).grpc()), UnaryOperator.identity());
      }
      LiveManager eighth = ring.get(7);
      LiveManager ninth = ring.get(8);

      assertThat(PeerCalls.to(ring.getFirst().grpc()).sendOne().outcome()).isEqualTo("OK 1/1");

      await().atMost(RELOADED_WITHIN).until(() -> eighth.loops(ninth.grpc()));
      await().atMost(SOON).until(() -> ring.stream().allMatch(LiveManager::isQuiet));
      for (LiveManager each : ring) {
        boolean taken = each != ninth;
        assertThat(each.totals().broadcasts(CallOutcome.OK)).isEqualTo(taken ? 1 : 0);
        assertThat(each.refused(CallOutcome.INVALID)).isEqualTo(taken ? 0 : 1);
      }
    } finally {
      ring.forEach(LiveManager::close);
    }
  }
}
