package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume as the kubelet writes it: each file is a link into {@code ..data}, which is a link to a
 * directory of the whole state, and is renamed over when there is a new one.
 */
class ConfigMapVolumeTest {
  @TempDir private Path volume;
  private int states;

  @BeforeEach
  void mount() throws IOException {
    swap(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
  }

  private void swap(Map<String, String> files) throws IOException {
    Path state = Files.createDirectory(volume.resolve("..state-" + ++states));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(state.resolve(file.getKey()), file.getValue());
      Path link = volume.resolve(file.getKey());
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
      }
    }
    Path next = volume.resolve("..data_tmp");
    Files.createSymbolicLink(next, state.getFileName());
    Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aSwapIsTakenWhole() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    swap(Map.of("a.yaml", named("a", "workers: 5"), "b.yaml", named("b", "workers: 6")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5", "b:6");
    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void aSwapReachesASingleFileToo() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume, volume.resolve("a.yaml"));
    folder.load();

    swap(Map.of("a.yaml", named("a", "workers: 5")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5");
  }

  @Test
  void aSwapToTheSameContentsIsNoLoad() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    swap(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
    folder.settle();

    assertThat(folder.state().generation()).isEqualTo(1);
  }

  @Test
  void aResourceThatMovesToAnotherFileIsNeverOutOfForceNorTwice() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    swap(Map.of("a.yaml", named("a") + named("y"), "b.yaml", named("b")));
    folder.settle();
    swap(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
    folder.settle();

    assertThat(folder.state().generation()).isEqualTo(3);
    assertThat(folder.handedOver()).hasSize(1);
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aSwapThatIsBrokenLeavesTheLastGoodVersionInForce() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    swap(Map.of("a.yaml", named("a", "workers: 5"), "b.yaml", named("b", "workers: 0")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5", "b:10", "y:10");
    assertThat(folder.state().problems())
        .containsExactly(
            volume.resolve("b.yaml") + ":6: spec.workers: must be from 1 to 1024, is 0");
  }
}
