package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import io.pushfanout.logging.Logging;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogOptionsTest {
  /** Arguments that fail at once, and only after the logging is configured. */
  private static final String[] CLASH = {"node", "--grpc-port=7", "--http-port=7"};

  @AfterEach
  void asBefore() {
    Logging.configure(LogLevel.INFO, LogFormat.TEXT);
  }

  @Test
  void theLevelMayStandBeforeOrAfterTheCommand() {
    CommandRun.of("--log-level=trace", CLASH[0], CLASH[1], CLASH[2]);
    assertThat(tracing()).isTrue();
    CommandRun.of(CLASH);
    assertThat(tracing()).isFalse();
    CommandRun.of(CLASH[0], CLASH[1], CLASH[2], "--log-level=trace");
    assertThat(tracing()).isTrue();
  }

  @Test
  void theCommandLineComesBeforeTheEnvironmentInBothPlaces() {
    Map<String, String> quiet = Map.of("PUSHFANOUT_LOG_LEVEL", "error");

    CommandRun.in(quiet, "--log-level=trace", CLASH[0], CLASH[1], CLASH[2]);
    assertThat(tracing()).isTrue();
    CommandRun.in(quiet, CLASH[0], CLASH[1], CLASH[2], "--log-level=trace");
    assertThat(tracing()).isTrue();
    CommandRun.in(Map.of("PUSHFANOUT_LOG_LEVEL", "trace"), CLASH);
    assertThat(tracing()).isTrue();
  }

  private static boolean tracing() {
    return LoggerFactory.getLogger("io.pushfanout.fanout.Some").isTraceEnabled();
  }
}
