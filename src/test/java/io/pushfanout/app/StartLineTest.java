package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.cli.CommandRun;
import io.pushfanout.cli.NodeCommand;
import io.pushfanout.cli.ServeCommand;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartLineTest {
  @Test
  void itHasTheVersionAndTheSettingsByTheNamesOfTheirOptions() {
    assertThat(serve("--node=a:1,b:2", "--default-target=all", "--replica-name=one"))
        .startsWith("pushfanout (unpackaged) serve: replica-name=one bind=127.0.0.1 source=2 nodes")
        .contains(
            " etcd-endpoints=none ",
            " auth=none ",
            " default-target=all ",
            " tls=false ",
            " max-message-size=4Mi ",
            " shutdown-timeout=1m ",
            " java=25",
            " processors=",
            " heap=");
  }

  @Test
  void itHasNoSecret() {
    assertThat(serve("--etcd-user=reader", "--etcd-password=hunter2", "--auth=tokens t.txt"))
        .contains(" source=etcd ", " etcd-endpoints=http://127.0.0.1:2379 ", " auth=tokens t.txt ")
        .doesNotContain("hunter2", "reader");
  }

  @Test
  void aNodeShowsWhereItRegisters() {
    assertThat(node()).doesNotContain("etcd-endpoints");
    assertThat(node("--etcd-endpoints=http://a:1"))
        .contains(" etcd-endpoints=http://a:1 service=connect-node lease-ttl=10s ");
  }

  private static String serve(String... flags) {
    return StartLine.of(
        CommandRun.read(ServeCommand.class, Map.of(), with("serve", flags)).options());
  }

  private static String node(String... flags) {
    NodeCommand node = CommandRun.read(NodeCommand.class, Map.of(), with("node", flags));
    return StartLine.of(node.options(), node.registration());
  }

  private static String[] with(String command, String... flags) {
    String[] all = new String[flags.length + 1];
    all[0] = command;
    System.arraycopy(flags, 0, all, 1, flags.length);
    return all;
  }
}
