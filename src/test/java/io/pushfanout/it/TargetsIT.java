package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The targets of broadcasts, and the refusals of malformed ones. */
class TargetsIT {
  private static final String TARGET = "pushfanout-target";
  private static final String NODES = "pushfanout-nodes";

  /** Id of the last message; each message has its own id, so that none is mistaken for another. */
  private int lastId;

  private Reply send(ServeProcess serve, String... keysAndValues) {
    PeerCalls call = PeerCalls.to(serve).firstId(++lastId);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      call.metadata(keysAndValues[i], keysAndValues[i + 1]);
    }
    return call.sendOne();
  }

  private static String postTo(ServeProcess serve, String target) {
    return Http.postJson(
        serve.http(),
        "/api/v1/broadcast",
        "{\"target\":\"%s\",\"op\":5,\"bodyBase64\":\"AAAAAA==\",\"wait\":\"delivered\"}"
            .formatted(target));
  }

  @Test
  void targetAndNodesSelectTheReceivers() {
    try (PeerNodes nodes = PeerNodes.start(3);
        ServeProcess serve = ServeProcess.connected(nodes.addresses())) {
      String first = nodes.address(0);
      String second = nodes.address(1);
      List<Reply> toAll = new ArrayList<>();
      toAll.add(send(serve));
      toAll.add(send(serve, TARGET, "all"));
      toAll.add(send(serve, TARGET, "default/default"));
      assertThat(toAll).extracting(Reply::outcome).containsOnly("OK 3/3");

      Reply one = send(serve, NODES, first);
      assertThat(one.outcome()).isEqualTo("OK 1/1");
      Reply two = send(serve, TARGET, "default/default", NODES, first + "," + second);
      assertThat(two.outcome()).isEqualTo("OK 2/2");

      Reply half = send(serve, NODES, second + ",10.1.2.3:50052");
      assertThat(half.outcome()).isEqualTo("PARTIAL 1/2");
      assertThat(half.droppedNodes()).containsExactly("10.1.2.3:50052");
      Reply stranger = send(serve, NODES, "stranger:50052");
      assertThat(stranger.outcome()).isEqualTo("DROPPED 0/1");
      assertThat(stranger.droppedNodes()).containsExactly("stranger:50052");

      Reply nobody = send(serve, TARGET, "prod/games");
      assertThat(nobody.status()).isEqualTo("NOT_FOUND");
      assertThat(nobody.message()).contains("prod/games");

      assertThat(postTo(serve, "prod/games")).startsWith("404 {\"error\":{\"code\":\"NOT_FOUND\"");

      LedgerCheck.agree(serve);
      assertThat(nodes.record(0).ids()).containsExactlyInAnyOrder(1, 2, 3, one.id(), two.id());
      assertThat(nodes.record(1).ids()).containsExactlyInAnyOrder(1, 2, 3, two.id(), half.id());
      assertThat(nodes.record(2).ids()).containsExactlyInAnyOrder(1, 2, 3);
      Scrape metrics = serve.metrics();
      assertThat(metrics.broadcasts("ok")).isEqualTo(5);
      assertThat(metrics.broadcasts("partial")).isEqualTo(1);
      assertThat(metrics.broadcasts("dropped")).isEqualTo(1);
      assertThat(metrics.broadcasts("invalid")).isEqualTo(2);

      assertThat(postTo(serve, "default/default"))
          .startsWith("200 {\"code\":\"0\"")
          .contains("\"accepted\":3,\"dropped\":0", "\"delivered\":3");
      LedgerCheck.agree(serve);
    }
  }

  @Test
  void malformedRequestsAreRefusedAndReachNoNode() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), "--max-message-size=4Ki")) {
      List<Reply> malformed = new ArrayList<>();
      for (String target : List.of("nonsense", "a/b/c", "/", "default/", "Default/default")) {
        malformed.add(send(serve, TARGET, target));
      }
      for (String node : List.of("nonsense", "host:0", "host:65536", "host:1,,host:2")) {
        malformed.add(send(serve, NODES, node));
      }
      String noProto = "";
      String noMessage = "0aff";
      String noRoom = "12021801";
      malformed.add(PeerCalls.to(serve).with("--raw", noProto).sendOne());
      malformed.add(PeerCalls.to(serve).with("--raw", noMessage).sendOne());
      malformed.add(
          PeerCalls.to(serve)
              .with("--raw", noRoom, "--method", "/protocol.PushServer/BroadcastToRoom")
              .sendOne());
      assertThat(malformed)
          .allSatisfy(
              reply -> {
                assertThat(reply.status()).as("%s", reply).isEqualTo("INVALID_ARGUMENT");
                assertThat(reply.message()).isNotBlank().doesNotContain("\n");
              });
      assertThat(serve.metrics().broadcasts("invalid")).isEqualTo(malformed.size());

      Reply tooLarge = PeerCalls.to(serve).size(5000).sendOne();
      assertThat(tooLarge.status()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(tooLarge.retryMs()).as("it never helps to try again").isZero();

      Reply good = PeerCalls.to(serve).firstId(100).sendOne();
      assertThat(good.outcome()).isEqualTo("OK 2/2");
      LedgerCheck.agree(serve);
      assertThat(nodes.record(0).ids()).containsExactly(100);
      assertThat(nodes.record(1).ids()).containsExactly(100);
    }
  }
}
