package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {
  private static final int NO_ANSWER = 0;
  private static final int FORBIDDEN = 403;

  private final AtomicLong nanos = new AtomicLong();
  private final Outage outage = new Outage(nanos::get);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    ((Logger) LoggerFactory.getLogger(Outage.class)).addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(Outage.class)).detachAppender(lines);
  }

  @Test
  void anOutageIsToldOnceAMinuteAndWhenItIsOver() {
    failFor(90, NO_ANSWER);
    succeedFor(30);

    assertThat(said())
        .containsExactly(
            "the API server: down; serving on with what is known, and trying again",
            "the API server: down; serving on with what is known, and trying again",
            "the API server answers again");
  }

  @Test
  void aRestartIsNobodysBusiness() {
    failFor(9, NO_ANSWER);
    failFor(9, FORBIDDEN);
    succeedFor(30);

    assertThat(said()).isEmpty();
  }

  @Test
  void anotherTroubleIsToldWhenItLasts() {
    failFor(20, NO_ANSWER);
    failFor(20, FORBIDDEN);

    assertThat(said()).hasSize(2);
  }

  @Test
  void whatFailsNowAndThenAmongOtherThingsIsToldAndFillsNoLog() {
    for (int round = 0; round < 10; round++) {
      failFor(1, FORBIDDEN);
      succeedFor(4);
    }

    assertThat(said()).hasSize(1);
  }

  @Test
  void whereNothingFailedNothingIsOver() {
    succeedFor(100);

    assertThat(said()).isEmpty();
  }

  private void failFor(int seconds, int code) {
    for (int second = 0; second < seconds; second++) {
      outage.failed(code, "down");
      pass(1);
    }
  }

  private void succeedFor(int seconds) {
    for (int second = 0; second < seconds; second++) {
      outage.succeeded();
      pass(1);
    }
  }

  private List<String> said() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
