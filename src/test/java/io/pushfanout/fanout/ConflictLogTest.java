package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pushfanout.model.FanoutName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConflictLogTest {
  private static final FanoutName A = new FanoutName("ns", "a");
  private static final FanoutName B = new FanoutName("ns", "b");

  private final Logger logger = (Logger) LoggerFactory.getLogger(ConflictLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Rig rig = new Rig();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private void bothClaim(String... hosts) {
    rig.apply(Rig.fanout(A, s -> s, hosts), Rig.fanout(B, s -> s, hosts));
  }

  @Test
  void conflictIsToldOnceHoweverOftenItsNodesChangeAndAgainWhenItIsBack() {
    bothClaim("x");
    bothClaim("x", "y");
    bothClaim("y");
    bothClaim();
    bothClaim("x", "y");

    String text = " claims them too, and keeps them";
    assertThat(lines.list)
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .containsExactly(
            "WARN fanout ns/b does not get 1 of its nodes, such as x:1: fanout ns/a" + text,
            "WARN fanout ns/b does not get 2 of its nodes, such as x:1: fanout ns/a" + text);
  }
}
