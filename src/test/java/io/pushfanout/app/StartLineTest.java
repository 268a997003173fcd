package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.cli.CommandRun;
import io.pushfanout.cli.NodeCommand;
import io.pushfanout.cli.ServeCommand;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StartLineTest {
  private static final Pattern OPTION = Pattern.compile("(?m)^ +--([a-z-]+)");

  /** Options that other lines or other settings show, and those that may be secret or long. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "grpc-port",
          "http-port",
          "node",
          "config",
          "kubernetes",
          "namespace",
          "selector",
          "set",
          "etcd-user",
          "etcd-password",
          "etcd-ca",
          "etcd-cert",
          "etcd-key",
          "etcd-authority",
          "allow-host",
          "http-allow-origin",
          "allow-static",
          "allow-service",
          "allow-tls",
          "ceiling",
          "auth-audience",
          "auth-san",
          "tls-cert",
          "tls-key",
          "tls-profile",
          "log-level",
          "log-format");

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
  void everyOptionOfServeHasItsPlace() {
    Set<String> options = new TreeSet<>();
    for (MatchResult option :
        OPTION.matcher(CommandRun.of("serve", "--help").out()).results().toList()) {
      options.add(option.group(1));
    }
    String line = serve("--kubernetes");

    assertThat(options).hasSizeGreaterThan(40).containsAll(ELSEWHERE);
    options.removeAll(ELSEWHERE);
    assertThat(options).allSatisfy(option -> assertThat(line).contains(" " + option + "="));
  }

  @Test
  void aCollectorIsShownWithoutItsPassword() {
    assertThat(serve("--otlp-endpoint=http://me:hunter2@collector:4318/v1"))
        .contains(" otlp-endpoint=collector:4318 ");
  }

  @Test
  void audiencesOfTokensFollowTheMode() {
    assertThat(serve("--auth=kubernetes", "--auth-audience=a,b")).contains(" auth=kubernetes a,b ");
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
