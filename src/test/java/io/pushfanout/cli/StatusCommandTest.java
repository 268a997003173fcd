package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.app.Server;
import io.pushfanout.app.Service.Listening;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status of a server that is not ready, because its etcd is away. */
@SuppressWarnings("NullAway.Init") // NullAway misses the assignments in @BeforeAll.
@Timeout(60)
class StatusCommandTest {
  private static final String[] SERVE = {
    "serve", "--grpc-port=0", "--http-port=0", "--etcd-endpoints=http://127.0.0.1:1"
  };

  private static Server server;
  private static Listening where;

  @BeforeAll
  static void start() throws Exception {
    server = new Server(CommandRun.read(ServeCommand.class, Map.of(), SERVE).options());
    where = server.start();
  }

  @AfterAll
  static void stop() {
    var _ = server.stop();
  }

  @Test
  void itShowsWhyTheServerIsNotReadyAndFails() {
    CommandRun run = CommandRun.of("status", "--server=http://" + where.http());

    assertThat(run.out()).contains(": not ready: etcd has not answered yet for connect-node (");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isEqualTo(1);
    assertThat(CommandRun.of("status", "--output=json", "--server=http://" + where.http()).code())
        .isEqualTo(1);
  }

  @Test
  void aBroadcastIsUnavailableForTheSameReason() {
    CommandRun run = CommandRun.of("broadcast", "--to=" + where.grpc(), "hello");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "UNAVAILABLE: the nodes of fanout default/default are not known yet: etcd has not"
                + " answered yet (");
  }

  @Test
  void aFanoutThatIsNotThereIsNamed() {
    CommandRun run =
        CommandRun.of("status", "--fanout=acme/chat", "--server=http://" + where.http());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("pushfanout status: the server has no fanout acme/chat\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --top=0                                | --top: must be at least 1, is 0
          --top=x                                | --top: must be a whole number of 32 bits, is "x"
          --fanout=chat                          | --fanout: must be <namespace>/<name>, is "chat"
          --output=json --top=3                  | --top: has no use with --output json, which prints all
          --output=json --fanout=a/b             | --fanout: has no use with --output json, which prints all
          """)
  void invalidChoicesAreWrongUse(String flags, String problem) {
    CommandRun run = CommandRun.of(("status " + flags).split(" +"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout status: " + problem + "\n");
  }
}
