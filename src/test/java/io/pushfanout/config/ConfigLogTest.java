package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConfigLogTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(ConfigSource.class);
  @RegisterExtension private final LoggedLines problems = new LoggedLines(ConfigLoader.class);
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
            "INFO config: " + file + ": 1 fanout in force",
            "INFO config: " + file + ": gone, and 1 fanout with it");
    assertThat(problems.all()).containsExactly(problem, problem);
  }

  @Test
  void changesAreLoggedInOrderOnceTheyAreInForce() throws Exception {
    WatchedFolder folder = new WatchedFolder(temp);
    List<CompletableFuture<Void>> applied = folder.applyLater();
    Path file = folder.write("a.yaml", named("a"));
    folder.load();
    folder.write("a.yaml", named("a") + named("b"));
    folder.settle();
    folder.delete("a.yaml");
    folder.pass(Duration.ofSeconds(10));
    assertThat(applied).hasSize(3);
    assertThat(lines.all()).isEmpty();

    applied.get(1).complete(null);
    assertThat(lines.all()).isEmpty();
    applied.get(0).complete(null);
    String first = "INFO config: " + file + ": 1 fanout in force";
    String second = "INFO config: " + file + ": 2 fanouts in force";
    assertThat(lines.all()).containsExactly(first, second);

    applied.get(2).complete(null);
    assertThat(lines.all())
        .containsExactly(first, second, "INFO config: " + file + ": gone, and 2 fanouts with it");
  }

  @Test
  void aRefusedStateIsInNoLineAndHoldsUpNoOther() throws Exception {
    WatchedFolder folder = new WatchedFolder(temp);
    Path file = folder.write("a.yaml", named("a"));
    folder.load();
    List<CompletableFuture<Void>> applied = folder.applyLater();
    folder.write("a.yaml", named("a", "workers: 5"));
    folder.settle();
    folder.write("a.yaml", named("a") + named("b"));
    folder.settle();

    applied.get(1).completeExceptionally(new IllegalArgumentException("on purpose"));
    applied.get(2).complete(null);

    assertThat(lines.all())
        .containsExactly(
            "INFO config: " + file + ": 1 fanout in force",
            "INFO config: " + file + ": 2 fanouts in force");
  }
}
