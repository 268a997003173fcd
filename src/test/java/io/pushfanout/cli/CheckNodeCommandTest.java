package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class CheckNodeCommandTest {
  @Test
  void aNodeThatKeepsTheRulesHasALineForEachAndPasses() throws Exception {
    try (ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();

      CommandRun run =
          CommandRun.of(
              "check-node", "127.0.0.1:" + node.grpcPort(), "--require=delivery,interest");

      assertThat(run.err()).isEmpty();
      assertThat(run.out()).startsWith("ok       broadcast\n").endsWith(" 0 failed, 0 skipped\n");
      assertThat(run.code()).isZero();
    }
  }

  @Test
  void aServerWithoutTheServiceFails() throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build()
            .start();
    try {
      CommandRun run =
          CommandRun.of("check-node", "127.0.0.1:" + server.getPort(), "--output=json");

      JsonObject json = new JsonObject(run.out());
      assertThat(json.getBoolean("passed")).isFalse();
      assertThat(json.getJsonArray("rules").getJsonObject(0).getString("came"))
          .startsWith("UNIMPLEMENTED");
      assertThat(run.code()).isEqualTo(1);
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void aNodeThatIsNotThereIsOneSentence() {
    CommandRun run = CommandRun.of("check-node", "127.0.0.1:1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("pushfanout check-node: cannot reach 127.0.0.1:1: ")
        .hasLineCount(1);
  }
}
