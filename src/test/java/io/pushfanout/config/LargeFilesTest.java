package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large files that take long to read, beside small files of other tenants. */
class LargeFilesTest {
  @TempDir private Path temp;
  private WatchedFolder folder;

  @BeforeEach
  void load() throws Exception {
    folder = new WatchedFolder(temp);
    folder.write("big-1.yaml", large("big-1", 1));
    folder.write("big-2.yaml", large("big-2", 1));
    folder.write("small.yaml", named("small", "workers: 1"));
    folder.load();
  }

  @Test
  void startReadsAllOfThem() {
    assertThat(folder.inForce()).containsExactly("big-1:1", "big-2:1", "small:1");
  }

  @Test
  void smallEditIsInForceBeforeTheLargeOnesOfTheSameMoment() throws Exception {
    folder.write("big-1.yaml", large("big-1", 2));
    folder.write("big-2.yaml", large("big-2", 2));
    folder.write("small.yaml", named("small", "workers: 2"));

    folder.settle();
    assertThat(folder.inForce()).containsExactly("big-1:1", "big-2:1", "small:2");
    folder.step();
    assertThat(folder.inForce()).containsExactly("big-1:2", "big-2:1", "small:2");
    folder.step();
    assertThat(folder.inForce()).containsExactly("big-1:2", "big-2:2", "small:2");
  }

  @Test
  void largeFileThatKeepsChangingDelaysNoOther() throws Exception {
    folder.write("big-2.yaml", large("big-2", 2));
    folder.step();
    for (int workers = 2; workers < 20; workers++) {
      folder.write("big-1.yaml", large("big-1", workers));
      folder.step();
    }

    assertThat(folder.inForce()).contains("big-2:2", "small:1");
  }

  @Test
  void brokenLargeFileKeepsItsLastGoodVersionWhileItWaits() throws Exception {
    folder.write("big-1.yaml", large("big-1", -1));
    folder.write("small.yaml", named("small", "workers: 2"));

    folder.settle();
    assertThat(folder.inForce()).containsExactly("big-1:1", "big-2:1", "small:2");
    assertThat(folder.state().problems()).isEmpty();
    folder.step();
    assertThat(folder.inForce()).containsExactly("big-1:1", "big-2:1", "small:2");
    assertThat(folder.state().problems()).singleElement().asString().contains("workers");
  }

  private static String large(String name, int workers) {
    return named(name, "workers: " + workers) + ("# " + "x".repeat(77) + "\n").repeat(2_000);
  }
}
