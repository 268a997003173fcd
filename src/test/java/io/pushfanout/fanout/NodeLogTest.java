package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.delivery.NodeLog;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.LoggedLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeLogTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(NodeLog.class);

  private final LogLimits<String> limits = new LogLimits<>(NodeLog.LINES_OF_NAMESPACE, () -> 0);

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
  void nodeThatRequestsAnotherConnectionAndTakesNoneIsAnOutage() {
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
  void allNodesOfANamespaceHaveTwentyLinesOfAKindAndAnotherNamespaceItsOwn() {
    for (int i = 0; i < 1000; i++) {
      log("n" + i, "crowd").disconnected(false, "connection refused");
    }
    assertThat(lines.all()).hasSize(20);

    log("a", "other").disconnected(false, "connection refused");
    assertThat(lines.all()).hasSize(21);
  }

  @Test
  void aCrowdThatCannotBeReachedLeavesRoomForTheLinesOfAnotherKind() {
    for (int i = 0; i < 1000; i++) {
      log("n" + i, "crowd").disconnected(false, "connection refused");
    }
    log("a", "crowd").connected();

    assertThat(lines.all()).endsWith("INFO a:1: connected").hasSize(21);
  }

  private NodeLog log(String host, String namespace) {
    return new NodeLog(
        new NodeAddress(host, 1), kind -> limits.of(namespace + " " + kind), () -> 0);
  }
}
