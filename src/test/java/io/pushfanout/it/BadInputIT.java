package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid bytes on the gRPC port, and invalid command lines. */
class BadInputIT {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  /** Calls on one connection that stall within a message. */
  private static final int STALLED = 20;

  @FaultCase
  void strangersOnTheGrpcPortDisturbNobody() throws Exception {
    List<Socket> strangers = new ArrayList<>();
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve =
            ServeProcess.connected(nodes.addresses(), settings("queueSize=20000"));
        PeerCalls.Running calls =
            PeerCalls.to(serve).perSecond(200).lasting(Duration.ofSeconds(60)).start()) {
      FaultReport report =
          new FaultReport(
              "callers stall in the middle of a message, or send garbage",
              () -> serve.node(nodes.address(0)).enqueued());
      nodes.awaitReceived(0, 50);
      report.struck();
      Random random = new Random(42);
      for (int i = 0; i < 20; i++) {
        byte[] noise = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(noise);
        strangers.add(connect(serve, noise));
        strangers.add(connect(serve, PREFACE, noise));
        strangers.add(
            connect(
                serve, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      }
      // These connections stay open and send nothing more.
      strangers.add(connect(serve));
      strangers.add(connect(serve, PREFACE));
      strangers.add(connect(serve, "PRI * HT".getBytes(StandardCharsets.US_ASCII)));
      for (int i = 0; i < 20; i++) {
        strangers.add(connect(serve, PREFACE, SETTINGS, halfMessages()));
      }

      int before = nodes.received(0);
      nodes.awaitReceived(0, before + 100);
      List<Reply> replies = calls.stop().replies();
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
      LedgerCheck.agree(serve);
      new History(replies, nodes)
          .loadFlowed(nodes.address(0), before, 50)
          .delivered(History.Times.ONCE)
          .agreesWith(serve.nodes());
      assertThat(serve.stderr()).doesNotContain("Exception", "Error");
      report.passed(
          "others are served, ledgers balance",
          "%d such connections, %d of them with %d half messages; %d broadcasts, none lost"
              .formatted(strangers.size(), 20, STALLED, replies.size()));

      serve.terminate();
      assertThat(serve.awaitExit(Duration.ofSeconds(20))).isZero();
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  /**
   * Returns calls with an incomplete message each: the prefix announces 100 bytes, and one follows.
   * The frames are HEADERS and DATA (RFC 9113), with header fields as literals without indexing
   * (RFC 7541, 6.2.2).
   */
  private static byte[] halfMessages() {
    ByteBuffer frames = ByteBuffer.allocate(STALLED * 256);
    for (int call = 0; call < STALLED; call++) {
      int stream = 2 * call + 1;
      ByteBuffer fields = ByteBuffer.allocate(200);
      for (String field :
          List.of(
              ":method POST",
              ":scheme http",
              ":path /protocol.PushServer/Broadcast",
              "te trailers",
              "content-type application/grpc")) {
        fields.put((byte) 0);
        for (String part : field.split(" ", 2)) {
          fields.put((byte) part.length()).put(part.getBytes(StandardCharsets.US_ASCII));
        }
      }
      fields.flip();
      frames.putInt(fields.remaining() << 8 | 1).put((byte) 4).putInt(stream).put(fields);
      frames.putInt(6 << 8).put((byte) 0).putInt(stream).put(new byte[] {0, 0, 0, 0, 100, 10});
    }
    return Arrays.copyOf(frames.array(), frames.position());
  }

  /** Sends these bytes, and leaves the connection open. */
  private static Socket connect(ServeProcess serve, byte[]... said) throws IOException {
    String[] hostPort = serve.grpc().split(":", -1);
    Socket socket = new Socket(hostPort[0], Integer.parseInt(hostPort[1]));
    try {
      for (byte[] bytes : said) {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException _) {
      // The server may have closed the connection already.
    }
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "--grpc-port, --grpc-port=70000",
    "--http-port, --http-port=x",
    "--node, --node=nonsense",
    "workers, --set=workers=0",
    "wrokers, --set=wrokers=5",
    "queueBytes, --set=queueBytes=-1",
    "--max-message-size, --max-message-size=1",
    "--shutdown-timeout, --shutdown-timeout=soon",
    "--no-such-flag, --no-such-flag",
  })
  void wrongFlagIsNamedInOneLineAndTheExitCodeIs2(String named, String flag) {
    List<String> arguments = List.of("serve", "--node=127.0.0.1:1", flag);
    try (ChildProcess process = ServeProcess.launch(arguments)) {
      assertThat(process.awaitExit(Duration.ofSeconds(30))).isEqualTo(2);
      assertThat(process.stdout()).isEmpty();
      assertThat(process.stderr().lines().filter(line -> line.contains(named))).hasSize(1);
      assertThat(process.stderr()).doesNotContain("Exception", "Error");
    }
  }
}
