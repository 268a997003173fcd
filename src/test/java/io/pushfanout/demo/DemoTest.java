package io.pushfanout.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.AllowedNames;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoTest {
  private static final DemoOptions FREE_PORTS =
      new DemoOptions("127.0.0.1", 0, 0, AllowedNames.NONE, null);

  @Test
  void aStartThatFailsLeavesNoServerBehind() {
    CompletableFuture<NodeAddress> started = new CompletableFuture<>();
    Demo demo =
        new Demo(
            FREE_PORTS,
            server -> {
              connect(server);
              started.complete(server);
              throw new IllegalStateException("no caller");
            });

    assertThatThrownBy(demo::start).hasMessage("no caller");

    assertThatThrownBy(() -> connect(started.join()))
        .hasRootCauseInstanceOf(ConnectException.class);
  }

  @Test
  void theLastLineIsTheServers() throws Exception {
    Demo demo = new Demo(FREE_PORTS);
    demo.start();

    assertThat(demo.stop())
        .isEqualTo("stopped: 0 queued messages dropped (shutdown), 0 deliveries cancelled");
  }

  private static void connect(NodeAddress server) {
    try {
      new Socket(server.host(), server.port()).close();
    } catch (IOException e) {
      throw new IllegalStateException("nobody listens", e);
    }
  }
}
