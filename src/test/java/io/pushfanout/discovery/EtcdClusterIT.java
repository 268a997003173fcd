package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three members, of which one or two cannot be reached by anybody. */
class EtcdClusterIT {
  private static final String SERVICE = "connect-node";

  /** gRPC finds a silent connection after 15 s. */
  private static final Duration SILENT = Duration.ofSeconds(40);

  private final List<EtcdServer> members = new ArrayList<>();
  private final List<TcpProxy> networks = new ArrayList<>();
  private final Found found = new Found();

  @BeforeEach
  void startMembers() {
    List<Integer> peers = IntStream.range(0, 3).mapToObj(_ -> Ports.free()).toList();
    String cluster =
        String.join(
            ",",
            IntStream.range(0, 3)
                .mapToObj(i -> "m%d=http://127.0.0.1:%d".formatted(i, peers.get(i)))
                .toList());
    for (int i = 0; i < 3; i++) {
      members.add(new EtcdServer("m" + i, peers.get(i), cluster, List.of()));
    }
    members.stream().map(EtcdServer::launch).toList().forEach(CompletableFuture::join);
    members.forEach(member -> networks.add(new TcpProxy(member.clientPort())));
  }

  @AfterEach
  void stopMembers() {
    networks.forEach(TcpProxy::close);
    members.forEach(EtcdServer::close);
  }

  @Test
  void whenTheConnectedMemberIsCutOffAnotherOneTells() {
    put(members.getFirst(), "127.0.0.1:1");
    try (EtcdDiscovery discovery = discovery()) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));
      EtcdServer connected = connected();
      List<EtcdServer> others = members.stream().filter(m -> !m.equals(connected)).toList();

      connected.freeze();
      await().atMost(SILENT).ignoreExceptions().until(() -> tryPut(others));
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2"), SILENT);
      connected.thaw();

      put(others.getFirst(), "127.0.0.1:3");
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"));
      assertThat(discovery.problem(SERVICE)).isEmpty();
    }
    assertThat(found.all(SERVICE))
        .allSatisfy(told -> assertThat(Found.names(told.registrations())).contains("127.0.0.1:1"));
  }

  @Test
  void aMemberWithoutALeaderIsNotListenedTo() {
    put(members.getFirst(), "127.0.0.1:1");
    try (EtcdDiscovery discovery = discovery()) {
      found.awaitNodes(SERVICE, Set.of("127.0.0.1:1"));
      EtcdServer connected = connected();
      List<EtcdServer> others = members.stream().filter(m -> !m.equals(connected)).toList();

      others.forEach(EtcdServer::freeze);
      await().atMost(SILENT).until(() -> found.last(SERVICE).degraded());
      assertThat(Found.names(found.last(SERVICE))).containsExactly("127.0.0.1:1");
      others.forEach(EtcdServer::thaw);

      await().atMost(SILENT).until(() -> !found.last(SERVICE).degraded());
      assertThat(Found.names(found.last(SERVICE))).containsExactly("127.0.0.1:1");
      assertThat(discovery.problem(SERVICE)).isEmpty();
    }
  }

  private static boolean tryPut(List<EtcdServer> others) {
    put(others.getLast(), "127.0.0.1:2");
    return true;
  }

  private EtcdDiscovery discovery() {
    EtcdDiscovery discovery =
        new EtcdDiscovery(
            EtcdOptions.parse(networks.stream().map(TcpProxy::endpoint).toList()), found);
    discovery.setServices(Set.of(SERVICE));
    return discovery;
  }

  /** The member that discovery has its connection with. */
  private EtcdServer connected() {
    for (int i = 0; i < members.size(); i++) {
      if (networks.get(i).isUsed()) {
        return members.get(i);
      }
    }
    throw new AssertionError("discovery is connected with no member");
  }

  private static void put(EtcdServer member, String node) {
    member.put("/services/" + SERVICE + "/" + node, node);
  }
}
