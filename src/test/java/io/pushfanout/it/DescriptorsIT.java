package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More nodes than file descriptors: callers and the program itself still get their share. */
class DescriptorsIT {
  private static final int LIMIT = 250;

  /**
   * The nodes' share, a quarter: with this limit no more remain beside the program's own
   * descriptors.
   */
  private static final int NODES_SHARE = 62;

  private static final int NODES = 200;
  private static final int CALLERS = 20;

  @Test
  void nodesTakeNoDescriptorThatCallersNeed() throws Exception {
    int port = Ports.free();
    List<String> nodes =
        IntStream.rangeClosed(1, NODES).mapToObj(i -> "127.0.1." + i + ":" + port).toList();
    try (AnswersAll _ = new AnswersAll("0.0.0.0", port);
        ServeProcess serve = limited(nodes)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> serve.nodes().stream().filter(NodeStatus::isConnected).count() == NODES_SHARE);
      callersAreServed(serve);
      assertThat(serve.readyCode()).isEqualTo(200);
      // At most one line for each node that is not dialled, after any number of attempts.
      Thread.sleep(Duration.ofSeconds(3));
      String log = serve.stderr();
      assertThat(log.lines().filter(line -> line.contains("share of file descriptors")))
          .hasSizeBetween(1, NODES - NODES_SHARE)
          .allMatch(line -> line.contains("62 of 250 (ulimit -n)"));
      assertThat(log).doesNotContain("\tat ", "Too many open files");
    }
  }

  /** Asserts that all callers are served while all of them are connected. */
  private static void callersAreServed(ServeProcess serve) {
    List<ManagedChannel> callers = new ArrayList<>();
    BroadCastReq request = BroadCastReq.newBuilder().setProto(Proto.getDefaultInstance()).build();
    try {
      for (int i = 0; i < CALLERS; i++) {
        ManagedChannel caller = NettyChannelBuilder.forTarget(serve.grpc()).usePlaintext().build();
        callers.add(caller);
        BroadCastReply reply =
            PushServerGrpc.newBlockingStub(caller)
                .withDeadlineAfter(Duration.ofSeconds(10))
                .broadcast(request);
        assertThat(reply.getNodes()).isEqualTo(NODES);
      }
    } finally {
      callers.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static ServeProcess limited(List<String> nodes) {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -n " + LIMIT + "; exec \"$@\"", "sh"));
    command.add(Path.of("bin", "pushfanout").toAbsolutePath().toString());
    command.addAll(List.of("serve", "--grpc-port=0", "--http-port=0"));
    nodes.forEach(node -> command.add("--node=" + node));
    Map<String, String> java = Map.of("PUSHFANOUT_JAVA_HOME", System.getProperty("java.home"));
    PreparedClasses.make();
    return ServeProcess.ready(ChildProcess.start("pushfanout", java, command));
  }
}
