package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BroadcastCommandTest {
  @Test
  void withoutOptionsItGoesToTheLocalServerForEveryUser() throws Exception {
    BroadcastOptions options = read("", "broadcast", "hello");

    assertThat(options.to()).isEqualTo(new NodeAddress("127.0.0.1", 50053));
    assertThat(options.room()).isNull();
    assertThat(options.op()).isZero();
    assertThat(options.target()).isNull();
    assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(text(options)).isEqualTo("hello");
  }

  @Test
  void everyOptionIsTaken() throws Exception {
    BroadcastOptions options =
        read(
            "",
            "broadcast",
            "--to=h:1",
            "--room=red",
            "--op=-7",
            "--ver=2",
            "--seq=3",
            "--nodes=a:1,b:2",
            "--nodes=a:1",
            "--target=acme/chat",
            "--timeout=1s",
            "two words");

    assertThat(options.to()).isEqualTo(new NodeAddress("h", 1));
    assertThat(options.room()).isEqualTo("red");
    assertThat(options.op()).isEqualTo(-7);
    assertThat(options.ver()).isEqualTo(2);
    assertThat(options.seq()).isEqualTo(3);
    assertThat(options.nodes()).containsExactly(new NodeAddress("a", 1), new NodeAddress("b", 2));
    assertThat(options.target()).isEqualTo("acme/chat");
    assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(text(options)).isEqualTo("two words");
    assertThat(read("", "broadcast", "x", "--target", "all").target()).isEqualTo("all");
  }

  @Test
  void aDashTakesTheBodyFromStdinAsItIs() throws Exception {
    assertThat(text(read("über\n", "broadcast", "-"))).isEqualTo("über\n");
  }

  @Test
  void aBodyIsNeverTakenForAFileOfArgumentsOrAnOption() throws Exception {
    assertThat(text(read("", "broadcast", "@everyone ${env:HOME} \"x\"")))
        .isEqualTo("@everyone ${env:HOME} \"x\"");
    assertThat(text(read("", "broadcast", "--", "--room"))).isEqualTo("--room");
    assertThat(text(read("", "broadcast", ""))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "2, 1", "3, 1", "'', 1"})
  void theExitCodeFollowsTheCodeOfTheReplyAndNotItsCounts(String code, int exitCode)
      throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Answering(BroadCastReply.newBuilder().setCode(code).build()))
            .build()
            .start();
    try {
      assertThat(CommandRun.of("broadcast", "--to=127.0.0.1:" + server.getPort(), "x").code())
          .isEqualTo(exitCode);
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void aConnectNodeCanBeCalledToo() throws Exception {
    try (ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();

      CommandRun run = CommandRun.of("broadcast", "--to=127.0.0.1:" + node.grpcPort(), "x");

      assertThat(run.out()).isEqualTo("OK: Sent to 0 users.\n");
      assertThat(run.code()).isZero();
    }
  }

  private static BroadcastOptions read(String stdin, String... arguments) throws Exception {
    return CommandRun.read(BroadcastCommand.class, Map.of(), stdin, arguments).options();
  }

  private static String text(BroadcastOptions options) {
    return new String(options.body(), StandardCharsets.UTF_8);
  }

  private static final class Answering extends PushServerGrpc.PushServerImplBase {
    private final BroadCastReply reply;

    Answering(BroadCastReply reply) {
      this.reply = reply;
    }

    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> answer) {
      answer.onNext(reply);
      answer.onCompleted();
    }
  }
}
