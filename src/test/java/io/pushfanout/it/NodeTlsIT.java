package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.EditedFile.Way;
import io.pushfanout.it.FanoutStatus.Problem;
import io.pushfanout.it.History.Times;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS between processes: a server with several profiles, and nodes on grpc-go that require the
 * server's certificate.
 */
class NodeTlsIT {
  private static final int RATE = 300;
  private static final String NODE_NAMES = "ip:127.0.0.1,dns:node.example";

  @TempDir private Path directory;
  private Certificates before;
  private Certificates after;
  private Pair ours;

  /** Files of the nodes; {@code main} holds those of the server's profile of that name. */
  private TlsFolder nodesFolder;

  private TlsFolder main;

  @BeforeEach
  void makeCertificates() {
    before = new Certificates(directory.resolve("before"));
    after = new Certificates(directory.resolve("after"));
    ours = before.issue("ours", "dns:pushfanout");
    nodesFolder = new TlsFolder(directory.resolve("nodes"), node(before), before);
    main = new TlsFolder(directory.resolve("main"), ours, before);
  }

  private static Pair node(Certificates pki) {
    return pki.issue("node", NODE_NAMES);
  }

  private static String profile(TlsFolder... folders) {
    return "--tls-profile="
        + String.join(
            ",", Stream.of(folders).map(f -> f.path().getFileName() + "=" + f.path()).toList());
  }

  private static String fanout(String name, String tls, List<String> nodes) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: prod, name: %s}
    spec:
      tls: {%s}
      queueSize: 50000
      messageTTL: 0s
      discovery: {static: {nodes: ["%s"]}}
    ---
    """
        .formatted(name, tls, String.join("\", \"", nodes));
  }

  @Test
  void authoritiesCertificatesAndProfilesChangeUnderLoadAndNothingIsLost() {
    TlsFolder other = new TlsFolder(directory.resolve("other"), ours, before, after);
    EditedFile file = new EditedFile(directory, "chat.yaml");
    try (PeerNodes streaming = PeerNodes.secured(1, nodesFolder.path(), "--streams");
        PeerNodes unary = PeerNodes.secured(1, nodesFolder.path())) {
      List<String> all = List.of(streaming.address(0), unary.address(0));
      file.write(Way.IN_PLACE, fanout("chat", "profile: main", all));
      try (ServeProcess serve =
              ServeProcess.connected(
                  List.of(),
                  "--config=" + file.path(),
                  profile(main, other),
                  // Only this level logs each of a node's many connections.
                  "--log-level=debug");
          PeerCalls.Running calls =
              PeerCalls.to(serve).perSecond(RATE).lasting(Duration.ofSeconds(50)).start()) {
        unary.awaitReceived(0, RATE);
        int flowed = unary.received(0);

        // The recommended order of a change: trust both, show the new, trust the new alone.
        nodesFolder.hold(node(before), before, after);
        main.hold(ours, before, after);
        awaitRenewed(serve, "ca.crt", 1);
        nodesFolder.hold(node(after), before, after);
        Pair renewed = after.issue("ours", "dns:pushfanout");
        main.hold(renewed, before, after);
        awaitRenewed(serve, "tls.crt", 1);
        awaitNewConnections(serve, all);
        nodesFolder.hold(node(after), after);
        main.hold(renewed, after);
        awaitRenewed(serve, "ca.crt", 2);
        awaitNewConnections(serve, all);

        other.hold(renewed, after);
        awaitRenewed(serve, "other/tls.crt", 1);
        for (String tls :
            List.of(
                "profile: other",
                "profile: other, serverName: node.example",
                "profile: main, serverName: node.example",
                "profile: main")) {
          file.write(Way.RENAMED_OVER, fanout("chat", tls, all));
          awaitNewConnections(serve, all);
        }
        List<Reply> replies = calls.stop().replies();
        serve.awaitIdle();

        List<NodeStatus> ledgers = serve.nodes();
        Map<String, NodeRecord> records = new HashMap<>(streaming.records());
        records.putAll(unary.records());
        History history = new History(replies, records);
        history.all("OK 2/2").delivered(Times.ONCE).agreesWith(ledgers);
        history.loadFlowed(unary.address(0), flowed, RATE);
        assertThat(ledgers).allMatch(node -> node.delivered() == node.enqueued());
        assertThat(streaming.record(0).streams()).isPositive();
        System.out.printf(
            "NodeTlsIT: %d broadcasts to 2 nodes, %d connections, %d handshakes failed, none lost"
                + " or doubled%n",
            replies.size(), count(serve, ": connected( \\(|$)"), count(serve, "cannot connect: "));
      }
    }
  }

  /**
   * Waits until the log reports the renewal, because the server uses the files that it has read.
   */
  private static void awaitRenewed(ServeProcess serve, String file, int times) {
    await()
        .alias(file + " renewed")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> count(serve, Pattern.quote(file) + "( and \\S+)?: renewed") >= times);
  }

  /** Waits for the next connection of each node. */
  private static void awaitNewConnections(ServeProcess serve, List<String> nodes) {
    List<Long> now = connections(serve, nodes);
    await()
        .alias("new connections")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              List<Long> later = connections(serve, nodes);
              return later.get(0) > now.get(0) && later.get(1) > now.get(1);
            });
  }

  private static List<Long> connections(ServeProcess serve, List<String> nodes) {
    return nodes.stream()
        .map(node -> count(serve, Pattern.quote(node) + ": connected( \\(|$)"))
        .toList();
  }

  private static long count(ServeProcess serve, String pattern) {
    Pattern line = Pattern.compile(pattern);
    return serve.stderr().lines().filter(line.asPredicate()).count();
  }

  @Test
  void nodesThatCannotBeSpokenToAreProblemsAndTheirQueuesHold() {
    TlsFolder stranger = new TlsFolder(directory.resolve("stranger"), ours, after);
    EditedFile file = new EditedFile(directory, "chat.yaml");
    try (PeerNodes nodes = PeerNodes.secured(3, nodesFolder.path())) {
      List<String> all = nodes.addresses();
      file.write(
          Way.IN_PLACE,
          fanout("lacked", "profile: nowhere", all.subList(0, 1))
              + fanout("mistrusted", "profile: stranger", all.subList(1, 2))
              + fanout("plain", "", all.subList(2, 3)));
      try (ServeProcess serve =
          ServeProcess.start(List.of(), "--config=" + file.path(), profile(main, stranger))) {
        List<Reply> replies =
            PeerCalls.to(serve).count(20).metadata("pushfanout-target", "all").send();
        serve.awaitNodes("unreachable", node -> node.state().equals("unreachable"));

        assertThat(replies).extracting(Reply::outcome).containsOnly("OK 3/3");
        assertThat(serve.nodes()).allMatch(node -> node.queued() == 20 && node.balances());
        assertThat(serve.fanout("prod/lacked").problems())
            .containsExactly(
                new Problem(
                    all.get(0),
                    "TlsProfileMissing",
                    "the server has no TLS profile named nowhere"));
        assertThat(serve.fanout("prod/lacked").settings().getJsonObject("tls").getMap())
            .containsEntry("profile", "nowhere")
            .containsEntry("serverName", "");
        assertThat(serve.fanout("prod/mistrusted").problems("Unreachable"))
            .singleElement()
            .extracting(Problem::message)
            .isEqualTo("its certificate is not signed by a trusted CA");
        assertThat(serve.fanout("prod/plain").problems("Unreachable")).hasSize(1);
        assertThat(nodes.received(2)).as("in plaintext").isZero();
        for (String node : all) {
          assertThat(count(serve, "WARN .*" + Pattern.quote(node) + ": cannot connect: "))
              .as("lines in the log, however often it is dialled")
              .isEqualTo(1);
        }

        List<String> mended = new ArrayList<>();
        for (String name : List.of("lacked", "mistrusted", "plain")) {
          mended.add(fanout(name, "profile: main", all.subList(mended.size(), mended.size() + 1)));
        }
        file.write(Way.RENAMED_OVER, String.join("", mended));
        serve.awaitIdle();
        new History(replies, nodes).delivered(Times.ONCE).agreesWith(serve.nodes());
        assertThat(serve.fanouts()).allMatch(fanout -> fanout.problems().isEmpty());

        assertThat(serve.problems()).isEmpty();
        stranger.vanish();
        await().atMost(Duration.ofSeconds(10)).until(() -> serve.problems().size() == 2);
        assertThat(serve.problems())
            .extracting(Problem::reason, Problem::message)
            .containsExactly(
                notReloaded(stranger.path().resolve("tls.crt")),
                notReloaded(stranger.path().resolve("ca.crt")));
      }
    }
  }

  private static Tuple notReloaded(Path file) {
    return tuple(
        "TlsNotReloaded", file + ": no such file or directory; the last good one stays in force");
  }
}
