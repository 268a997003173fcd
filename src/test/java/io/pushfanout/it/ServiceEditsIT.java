package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.it.EditedFile.Way;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edits of the fanouts' services while all nodes are healthy: a fanout's old nodes get no further
 * messages of this fanout, also under another owner.
 */
class ServiceEditsIT {
  private static final Duration PROMISED = Duration.ofSeconds(1);

  /** Far below the 30 s of paused removals; other tests use the processors too. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int BROADCASTS = 50;

  @TempDir private Path directory;

  @Test
  void everyEditAppliesAtOnceAndUnknownNodesOfEtcdAreNotGuessed() {
    EditedFile file = new EditedFile(directory, "fanouts.yaml");
    file.write(Way.IN_PLACE, text("blue", "green"));
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(8)) {
      List<String> blue = nodes.addresses().subList(0, 5);
      List<String> green = nodes.addresses().subList(5, 8);
      blue.forEach(address -> etcd.put("/services/blue/" + address, address));
      green.forEach(address -> etcd.put("/services/green/" + address, address));
      try (ServeProcess serve =
          ServeProcess.connected(
              List.of(), "--etcd-endpoints", etcd.endpoint(), "--config", directory.toString())) {
        awaitMembers(serve, Map.of("live", blue, "test", green));

        file.write(Way.RENAMED_OVER, text("green", "blue"));
        Duration swapped = awaitMembers(serve, Map.of("live", green, "test", blue));
        assertReaches(nodes, serve, "live", green);
        assertReaches(nodes, serve, "test", blue);

        file.write(Way.RENAMED_OVER, text("blue", "blue"));
        Duration shared = awaitMembers(serve, Map.of("live", blue, "test", List.of()));
        assertReaches(nodes, serve, "live", blue);

        file.write(Way.RENAMED_OVER, text("green", "blue"));
        final Duration back = awaitMembers(serve, Map.of("live", green, "test", blue));

        etcd.kill();
        file.write(Way.RENAMED_OVER, text("green", "green"));
        awaitMembers(serve, Map.of("live", green, "test", List.of()));
        file.write(Way.RENAMED_OVER, text("green", "blue"));
        awaitUnavailable(serve, "test");
        assertReaches(nodes, serve, "live", green);
        etcd.start();
        awaitMembers(serve, Map.of("live", green, "test", blue));
        assertReaches(nodes, serve, "test", blue);

        System.out.printf(
            "ServiceEditsIT: two services swapped: right after %d ms, one shared: %d, undone: %d"
                + " (promised: %d)%n",
            swapped.toMillis(), shared.toMillis(), back.toMillis(), PROMISED.toMillis());
      }
    }
  }

  private static String text(String live, String test) {
    return """
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: live}
        spec: {discovery: {etcd: {serviceName: %s}}}
        ---
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: test}
        spec: {discovery: {etcd: {serviceName: %s}}}
        """
        .formatted(live, test);
  }

  private static Duration awaitMembers(ServeProcess serve, Map<String, Collection<String>> wanted) {
    long began = System.nanoTime();
    Map<String, Set<String>> sorted = new TreeMap<>();
    wanted.forEach((fanout, nodes) -> sorted.put(fanout, new TreeSet<>(nodes)));
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(members(serve, sorted.keySet())).isEqualTo(sorted));
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static Map<String, Set<String>> members(ServeProcess serve, Set<String> fanouts) {
    Map<String, Set<String>> members = new TreeMap<>();
    for (String fanout : fanouts) {
      members.put(
          fanout,
          serve.fanout("default/" + fanout).nodes().stream()
              .filter(NodeStatus::isMember)
              .map(NodeStatus::address)
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    return members;
  }

  private static PeerCalls to(ServeProcess serve, String fanout) {
    return PeerCalls.to(serve).metadata("pushfanout-target", "default/" + fanout);
  }

  /** Asserts that these nodes get every message of a batch, and that no other node gets any. */
  private static void assertReaches(
      PeerNodes nodes, ServeProcess serve, String fanout, List<String> wanted) {
    List<String> all = nodes.addresses();
    List<Integer> before = all.stream().map(node -> nodes.received(all.indexOf(node))).toList();

    List<Reply> replies = to(serve, fanout).count(BROADCASTS).send();
    serve.awaitIdle();

    String ok = "OK %d/%d".formatted(wanted.size(), wanted.size());
    assertThat(replies).extracting(Reply::outcome).containsOnly(ok);
    for (int i = 0; i < all.size(); i++) {
      assertThat(nodes.received(i) - before.get(i))
          .as(all.get(i))
          .isEqualTo(wanted.contains(all.get(i)) ? BROADCASTS : 0);
    }
  }

  private static void awaitUnavailable(ServeProcess serve, String fanout) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(to(serve, fanout).sendOne().outcome()).isEqualTo("UNAVAILABLE"));
  }
}
