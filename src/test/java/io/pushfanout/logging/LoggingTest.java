package io.pushfanout.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private static final Logger ours = LoggerFactory.getLogger("io.pushfanout.fanout.Test");
  private static final Logger netty = LoggerFactory.getLogger("io.netty.Test");
  private static final java.util.logging.Logger grpc =
      java.util.logging.Logger.getLogger("io.grpc.Test");

  @AfterEach
  void asBefore() {
    Logging.configure(LogLevel.INFO, LogFormat.TEXT);
  }

  @Test
  void atInfoLibrariesOnlyWarn() {
    assertThat(logged(LogLevel.INFO))
        .contains("ours info", "netty warn", "grpc warning")
        .doesNotContain("ours debug", "netty info", "grpc info");
  }

  @Test
  void evenAtTraceLibrariesLogNoMoreThanInfo() {
    assertThat(logged(LogLevel.TRACE))
        .contains("ours debug", "netty info", "grpc info")
        .doesNotContain("netty debug", "grpc fine");
  }

  @Test
  void atErrorNothingElseIsLogged() {
    assertThat(logged(LogLevel.ERROR)).isEmpty();
  }

  private static String logged(LogLevel level) {
    PrintStream before = System.err;
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    System.setErr(new PrintStream(stderr, true, StandardCharsets.UTF_8));
    try {
      Logging.configure(level, LogFormat.TEXT);
      ours.debug("ours debug");
      ours.info("ours info");
      netty.debug("netty debug");
      netty.info("netty info");
      netty.warn("netty warn");
      grpc.fine("grpc fine");
      grpc.info("grpc info");
      grpc.warning("grpc warning");
    } finally {
      System.setErr(before);
    }
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
