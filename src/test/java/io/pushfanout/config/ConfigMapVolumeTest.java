package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.MountedFolder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads of a mounted ConfigMap: one swap of a link changes all its files. */
class ConfigMapVolumeTest {
  @TempDir private Path volume;
  private MountedFolder mounted;

  @BeforeEach
  void mount() {
    mounted = new MountedFolder(volume);
    mounted.hold(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
  }

  @Test
  void aSwapIsTakenWhole() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    mounted.hold(Map.of("a.yaml", named("a", "workers: 5"), "b.yaml", named("b", "workers: 6")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5", "b:6");
    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void aSwapReachesASingleFileToo() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume, volume.resolve("a.yaml"));
    folder.load();

    mounted.hold(Map.of("a.yaml", named("a", "workers: 5")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5");
  }

  @Test
  void aSwapToTheSameContentsIsNoLoad() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    mounted.hold(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
    folder.settle();

    assertThat(folder.state().generation()).isEqualTo(1);
  }

  @Test
  void aResourceThatMovesToAnotherFileIsNeverOutOfForceNorTwice() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    mounted.hold(Map.of("a.yaml", named("a") + named("y"), "b.yaml", named("b")));
    folder.settle();
    mounted.hold(Map.of("a.yaml", named("a"), "b.yaml", named("b") + named("y")));
    folder.settle();

    assertThat(folder.state().generation()).isEqualTo(3);
    assertThat(folder.handedOver()).hasSize(1);
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aSwapThatIsBrokenLeavesTheLastGoodVersionInForce() throws Exception {
    WatchedFolder folder = new WatchedFolder(volume);
    folder.load();

    mounted.hold(Map.of("a.yaml", named("a", "workers: 5"), "b.yaml", named("b", "workers: 0")));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5", "b:10", "y:10");
    assertThat(folder.state().problems())
        .containsExactly(
            volume.resolve("b.yaml") + ":6: spec.workers: must be from 1 to 1024, is 0");
  }
}
