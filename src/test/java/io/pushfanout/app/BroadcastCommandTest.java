package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.NodeAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
            "--target=acme/chat",
            "--timeout=1s",
            "two words");

    assertThat(options.to()).isEqualTo(new NodeAddress("h", 1));
    assertThat(options.room()).isEqualTo("red");
    assertThat(options.op()).isEqualTo(-7);
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

  private static BroadcastOptions read(String stdin, String... arguments) throws Exception {
    return CommandRun.read(BroadcastCommand.class, Map.of(), stdin, arguments).options();
  }

  private static String text(BroadcastOptions options) {
    return new String(options.body(), StandardCharsets.UTF_8);
  }
}
