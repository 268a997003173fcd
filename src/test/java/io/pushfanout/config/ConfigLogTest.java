package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ConfigLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(ConfigWatch.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  @TempDir private Path temp;

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
  void eachChangeIsALineAndEachProblemOnceUntilItIsGone() throws Exception {
    WatchedFolder folder = new WatchedFolder(temp);
    Path file = folder.write("a.yaml", named("a") + named("b"));
    folder.load();
    folder.write("a.yaml", named("a", "workers: 0"));
    folder.pass(Duration.ofSeconds(10));
    folder.write("a.yaml", named("a"));
    folder.pass(Duration.ofSeconds(10));
    folder.write("a.yaml", named("a", "workers: 0"));
    folder.pass(Duration.ofSeconds(10));
    folder.delete("a.yaml");
    folder.pass(Duration.ofSeconds(10));

    String problem = "ERROR config: " + file + ":6: spec.workers: must be from 1 to 1024, is 0";
    assertThat(lines.list)
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .containsExactly(
            "INFO config: " + file + ": 2 fanouts in force",
            problem,
            "INFO config: " + file + ": 1 fanout in force",
            problem,
            "INFO config: " + file + ": gone, and 1 fanout with it");
  }
}
