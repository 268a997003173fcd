package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourceTest {
  @TempDir private Path temp;
  private WatchedFolder folder;

  @BeforeEach
  void watch() {
    folder = new WatchedFolder(temp);
  }

  @Test
  void theFirstLoadIsHandedOverByTheStart() throws Exception {
    folder.write("b.yml", named("b"));
    folder.write("a.yaml", named("c") + named("a"));
    folder.load();

    assertThat(folder.handedOver()).containsExactly(folder.state());
    assertThat(folder.inForce()).containsExactly("a:10", "b:10", "c:10");
    assertThat(folder.state().generation()).isEqualTo(1);
    assertThat(folder.state().lastReloadSuccessful()).isTrue();
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aBrokenFileStopsTheStartWhichReportsEveryProblem() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.write("b.yaml", named("b", "workers: 0, queueSize: 0"));
    folder.write("c.yaml", named("a"));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(folder::load)
        .withMessage(
            folder.path("b.yaml") + ":6: spec.workers: must be from 1 to 1024, is 0 (and 2 more)")
        .satisfies(
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        folder.path("b.yaml") + ":6: spec.workers: must be from 1 to 1024, is 0",
                        folder.path("b.yaml")
                            + ":6: spec.queueSize: must be from 1 to 1000000, is 0",
                        folder.path("c.yaml")
                            + ":5: metadata.name: default/a is there twice: it is in "
                            + folder.path("a.yaml")
                            + ":5"));
    assertThat(folder.handedOver()).isEmpty();
  }

  @Test
  void aPathThatIsNotThereStopsTheStart() {
    Path gone = folder.path("gone.yaml");

    assertThatThrownBy(() -> new WatchedFolder(temp, gone).load())
        .isInstanceOf(ConfigException.class)
        .hasMessage(gone + ":1: file: no such file or directory");
  }

  @Test
  void aDirectoryWithoutFilesIsNoFanouts() throws Exception {
    folder.load();

    assertThat(folder.handedOver()).hasSize(1);
    assertThat(folder.state()).isEqualTo(new ConfigState(List.of(), Map.of(), 1, true, List.of()));
  }

  @Test
  void aChangeIsTakenAfterTwoLooks() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.write("a.yaml", named("a", "workers: 20"));
    folder.write("b.yaml", named("b"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:20", "b:10");
    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void nothingIsHandedOverWhereNoSpecChanged() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.write("a.yaml", "# a comment\n" + named("a", "workers: 10"));
    folder.settle();

    assertThat(folder.handedOver()).hasSize(1);
    assertThat(folder.state().generation()).as("it was a load").isEqualTo(2);
    assertThat(folder.spec("a").generation()).isEqualTo(1);
  }

  @Test
  void aFileThatIsOnlyTouchedIsNoLoad() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.write("a.yaml", named("a"));
    folder.replace("a.yaml", named("a"));
    folder.pass(Duration.ofSeconds(5));

    assertThat(folder.state().generation()).isEqualTo(1);
  }

  @Test
  void eachResourceCountsItsOwnChanges() throws Exception {
    folder.write("a.yaml", named("a") + named("b"));
    folder.load();

    folder.write("a.yaml", named("a", "workers: 1") + named("b"));
    folder.settle();
    folder.write("a.yaml", named("a", "workers: 2") + named("b") + named("c"));
    folder.settle();

    assertThat(folder.spec("a").generation()).isEqualTo(3);
    assertThat(folder.spec("b").generation()).isEqualTo(1);
    assertThat(folder.spec("c").generation()).isEqualTo(1);
    assertThat(folder.state().generation()).isEqualTo(3);
  }

  @Test
  void aBrokenEditChangesNothingAndIsAProblemUntilItIsMended() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.write("b.yaml", named("b"));
    folder.load();

    folder.write("a.yaml", named("a", "workers: 5") + named("c", "workers: 0"));
    folder.write("b.yaml", named("b", "workers: 7"));
    folder.settle();

    assertThat(folder.inForce()).as("each file by itself").containsExactly("a:10", "b:7");
    assertThat(folder.state().lastReloadSuccessful()).isFalse();
    assertThat(folder.state().problems())
        .containsExactly(folder.path("a.yaml") + ":12: spec.workers: must be from 1 to 1024, is 0");
    assertThat(folder.state().generation()).isEqualTo(2);

    folder.write("a.yaml", named("a", "workers: 5"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5", "b:7");
    assertThat(folder.state().lastReloadSuccessful()).isTrue();
    assertThat(folder.state().generation()).isEqualTo(3);
  }

  @Test
  void oneThousandEditsAreEachInForceAndNoneIsHandedOverTwice() throws Exception {
    folder.write("a.yaml", named("a", "workers: 1001"));
    folder.load();

    for (int i = 1; i <= 1000; i++) {
      String text = named("a", "workers: " + i);
      if (i % 2 == 0) {
        folder.replace("a.yaml", text);
      } else {
        folder.write("a.yaml", text);
      }
      folder.settle();
      assertThat(folder.inForce()).containsExactly("a:" + i);
    }

    assertThat(folder.handedOver()).hasSize(1001);
    assertThat(folder.state().generation()).isEqualTo(1001);
    assertThat(folder.spec("a").generation()).isEqualTo(1001);
  }

  @Test
  void itsOwnThreadHandsOverChangesUntilItIsClosed() throws Exception {
    List<ConfigState> handedOver = new CopyOnWriteArrayList<>();
    folder.write("a.yaml", named("a"));
    try (ConfigSource source =
        new ConfigSource(
            temp,
            state -> {
              handedOver.add(state);
              return CompletableFuture.completedFuture(null);
            })) {
      source.start();
      assertThat(handedOver).hasSize(1);
      assertThatThrownBy(source::start).isInstanceOf(IllegalStateException.class);

      folder.replace("a.yaml", named("a", "workers: 2"));
      await().atMost(Duration.ofSeconds(10)).until(() -> handedOver.size() == 2);
      assertThat(handedOver.getLast().specs().getFirst().settings().workers()).isEqualTo(2);
    }
  }

  @Test
  void aClosedSourceHandsNothingOver() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();
    folder.source().close();

    folder.write("a.yaml", named("a", "workers: 2"));
    folder.settle();

    assertThat(folder.handedOver()).hasSize(1);
  }

  @Test
  void aStateThatTheListenerFailsToTakeIsHandedOverAgain() throws Exception {
    List<ConfigState> handedOver = new CopyOnWriteArrayList<>();
    folder.write("a.yaml", named("a", "workers: 1"));
    try (ConfigSource source =
        new ConfigSource(
            temp,
            state -> {
              handedOver.add(state);
              if (handedOver.size() == 2) {
                throw new LinkageError("on purpose");
              }
              return CompletableFuture.completedFuture(null);
            })) {
      source.start();
      folder.replace("a.yaml", named("a", "workers: 2"));
      await().atMost(Duration.ofSeconds(10)).until(() -> handedOver.size() == 3);
    }
    assertThat(handedOver.get(2).specs())
        .isEqualTo(handedOver.get(1).specs())
        .isNotEqualTo(handedOver.get(0).specs());
  }

  @Test
  void closingASourceThatNeverStartedDoesNothing() {
    ConfigSource source = new ConfigSource(temp, _ -> CompletableFuture.completedFuture(null));

    source.close();
    source.close();

    assertThat(source.state()).isEqualTo(ConfigState.NONE);
  }
}
