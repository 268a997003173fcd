package io.pushfanout.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.AllowedNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoTest {
  private static final DemoOptions FREE_PORTS =
      new DemoOptions("127.0.0.1", 0, 0, AllowedNames.NONE, null);

  @Test
  void aStartThatFailsLeavesNoServerBehind() throws Exception {
    CompletableFuture<Socket> open = new CompletableFuture<>();
    Demo demo =
        new Demo(
            FREE_PORTS,
            server -> {
              open.complete(connect(server));
              throw new IllegalStateException("no caller");
            });

    assertThatThrownBy(demo::start).hasMessage("no caller");

    // Another server may have the port by now; this connection is the demo's alone.
    try (Socket socket = open.join()) {
      awaitEnd(socket);
    }
  }

  @Test
  void theLastLineIsTheServers() throws Exception {
    Demo demo = new Demo(FREE_PORTS);
    demo.start();

    assertThat(demo.stop())
        .isEqualTo("stopped: 0 queued messages dropped (shutdown), 0 deliveries cancelled");
  }

  private static Socket connect(NodeAddress server) {
    try {
      Socket socket = new Socket(server.host(), server.port());
      socket.setSoTimeout(20_000);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException("no server listens on " + server, e);
    }
  }

  private static void awaitEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException _) {
      // A reset is an end too.
    }
  }
}
