package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConfigLogTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(ConfigWatch.class);
  @TempDir private Path temp;

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
    assertThat(lines.all())
        .containsExactly(
            "INFO config: " + file + ": 2 fanouts in force",
            problem,
            "INFO config: " + file + ": 1 fanout in force",
            problem,
            "INFO config: " + file + ": gone, and 1 fanout with it");
  }
}
