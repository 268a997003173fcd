package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.LoggedLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeLogTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(NodeLog.class);

  @Test
  void anOutageIsOneWarningHoweverManyDialsItTakes() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").disconnect();
    rig.node("a").refuse();
    rig.node("a").refuse();
    rig.node("a").connect();

    assertThat(lines.all())
        .containsExactly(
            "INFO a:1: connected",
            "WARN a:1: disconnected: connection reset",
            "INFO a:1: connected");
  }

  @Test
  void replacedConnectionIsNoOutage() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").replace();

    assertThat(lines.all())
        .containsExactly("INFO a:1: connected", "INFO a:1: its connection is replaced: max_age");
  }

  @Test
  void nodeThatAsksForAnotherConnectionAndTakesNoneIsAnOutage() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").leave();
    rig.node("a").refuse();
    rig.node("a").refuse();

    assertThat(lines.all())
        .containsExactly(
            "INFO a:1: connected",
            "INFO a:1: its connection is replaced: max_age",
            "WARN a:1: cannot connect: connection refused");
  }

  @Test
  void aNodeThatFlapsWithoutEndHasTenLinesInTwentySeconds() {
    Rig rig = Rig.with(s -> s, "a");
    for (int i = 0; i < 50; i++) {
      rig.node("a").disconnect();
      rig.node("a").connect();
    }

    assertThat(lines.all()).hasSize(10);
  }

  @Test
  void allNodesOfANamespaceHaveAThousandLinesAndAnotherItsOwn() {
    LogLimits<String> namespaces = new LogLimits<>(NodeLog.LINES_OF_NAMESPACE, () -> 0);
    for (int i = 0; i < 20_000; i++) {
      new NodeLog(new NodeAddress("n" + i, 1), namespaces.of("crowd"), () -> 0).connected();
    }
    assertThat(lines.all()).hasSize(1000);

    new NodeLog(new NodeAddress("a", 1), namespaces.of("other"), () -> 0).connected();
    assertThat(lines.all()).hasSize(1001);
  }
}
