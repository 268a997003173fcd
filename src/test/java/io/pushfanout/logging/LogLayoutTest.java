package io.pushfanout.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
  private static final String HOSTILE = "a\n2026-01-01 INFO forged \u001b[31m \u202e \"q\" \\";

  @Test
  void textIsTimeLevelLoggerAndMessage() {
    assertThat(text("node {} is back", null, "a:1"))
        .isEqualTo("2026-02-03T04:05:06.070Z INFO NodeClient node a:1 is back\n");
  }

  @Test
  void jsonIsOneObjectALine() {
    JsonObject line = json("node {} is back", null, "a:1");

    assertThat(line.get("time").getAsString()).isEqualTo("2026-02-03T04:05:06.070Z");
    assertThat(line.get("level").getAsString()).isEqualTo("INFO");
    assertThat(line.get("logger").getAsString()).isEqualTo("io.pushfanout.fanout.NodeClient");
    assertThat(line.get("thread").getAsString()).isEqualTo("worker");
    assertThat(line.get("message").getAsString()).isEqualTo("node a:1 is back");
    assertThat(line.has("error")).isFalse();
  }

  @Test
  void outsideInputCanNeitherForgeALineNorControlATerminal() {
    assertThat(text("roomId {}", null, HOSTILE))
        .endsWith(" roomId a\\n2026-01-01 INFO forged \\u001b[31m \\u202e \"q\" \\\n")
        .containsOnlyOnce("\n");
    assertThat(json("roomId {}", null, HOSTILE).get("message").getAsString())
        .isEqualTo("roomId " + HOSTILE);
  }

  @Test
  void anExceptionFollowsIndentedWithItsCauseAndCannotForgeALineEither() {
    Exception thrown = new IOException("broken\nINFO fine", new IOException("reset"));

    assertThat(text("delivery failed", thrown).lines().skip(1))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("    "))
        .contains("    java.io.IOException: broken\\nINFO fine")
        .contains("    caused by java.io.IOException: reset")
        .anyMatch(line -> line.contains("LogLayoutTest"));
    assertThat(json("delivery failed", thrown).get("error").getAsString())
        .startsWith("java.io.IOException: broken\\nINFO fine\n")
        .contains("\ncaused by java.io.IOException: reset");
  }

  private static String text(String message, @Nullable Throwable thrown, Object... arguments) {
    return new TextLayout().doLayout(event(message, thrown, arguments));
  }

  private static JsonObject json(String message, @Nullable Throwable thrown, Object... arguments) {
    String line = new JsonLayout().doLayout(event(message, thrown, arguments));
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    return JsonParser.parseString(line).getAsJsonObject();
  }

  private static LoggingEvent event(
      String message, @Nullable Throwable thrown, Object... arguments) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "",
            context.getLogger("io.pushfanout.fanout.NodeClient"),
            Level.INFO,
            message,
            thrown,
            arguments);
    event.setInstant(Instant.parse("2026-02-03T04:05:06.070Z"));
    event.setThreadName("worker");
    return event;
  }
}
