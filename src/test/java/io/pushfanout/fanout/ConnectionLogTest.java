package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConnectionLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(ConnectionLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void anOutageIsOneWarningHoweverManyDialsItTakes() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").disconnect();
    rig.node("a").refuse();
    rig.node("a").refuse();
    rig.node("a").connect();

    assertThat(lines.list)
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .containsExactly(
            "INFO a:1: connected",
            "WARN a:1: disconnected: connection reset",
            "INFO a:1: connected");
  }

  @Test
  void replacedConnectionIsNoOutage() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").replace();

    assertThat(lines.list)
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .containsExactly("INFO a:1: connected", "INFO a:1: max_age", "INFO a:1: connected");
  }

  @Test
  void nodeThatAsksForAnotherConnectionAndTakesNoneIsAnOutage() {
    Rig rig = Rig.with(s -> s, "a");
    rig.node("a").leave();
    rig.node("a").refuse();
    rig.node("a").refuse();

    assertThat(lines.list)
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .containsExactly(
            "INFO a:1: connected",
            "INFO a:1: max_age",
            "WARN a:1: cannot connect: connection refused");
  }
}
