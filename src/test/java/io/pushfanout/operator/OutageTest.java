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
    for (int second = 0; second < 90; second++) {
      outage.failed("refused");
      pass(1);
    }
    for (int second = 0; second < 30; second++) {
      outage.succeeded();
      pass(1);
    }

    assertThat(said())
        .containsExactly(
            "the API server: refused; serving on with what is known, and trying again",
            "the API server: refused; serving on with what is known, and trying again",
            "the API server answers again");
  }

  @Test
  void anotherReasonIsToldAtOnce() {
    outage.failed("refused");
    outage.failed("forbidden");

    assertThat(said()).hasSize(2);
  }

  @Test
  void oneThingThatFailsAmongOthersThatDoNotFillsNoLog() {
    for (int second = 0; second < 50; second++) {
      if (second % 5 == 0) {
        outage.failed("events are forbidden");
      } else {
        outage.succeeded();
      }
      pass(1);
    }

    assertThat(said()).hasSize(1);
  }

  @Test
  void whereNothingFailedNothingIsOver() {
    pass(100);
    outage.succeeded();

    assertThat(said()).isEmpty();
  }

  private List<String> said() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
