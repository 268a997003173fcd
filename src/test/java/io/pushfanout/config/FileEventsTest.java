package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits, moves, deletions and mounts of watched files. */
class FileEventsTest {
  private static final Duration ALMOST_TWO_SECONDS = Duration.ofMillis(1500);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path temp;
  private WatchedFolder folder;

  @BeforeEach
  void watch() {
    folder = new WatchedFolder(temp);
  }

  @Test
  void aFileThatIsTruncatedBeforeItIsWrittenRetiresNothing() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.write("a.yaml", "");
    folder.pass(ALMOST_TWO_SECONDS);
    folder.write("a.yaml", named("a", "workers: 5"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:5");
    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void aFileThatStaysEmptyForTwoSecondsIsEmpty() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.write("b.yaml", named("b"));
    folder.load();

    folder.write("a.yaml", "# fanouts to come\n");
    folder.step();
    folder.pass(ALMOST_TWO_SECONDS);
    assertThat(folder.inForce()).containsExactly("a:10", "b:10");
    assertThat(folder.state().lastReloadSuccessful()).isTrue();
    folder.step();

    assertThat(folder.inForce()).containsExactly("b:10");
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void emptinessThatChangesIsEmptinessStill() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.write("a.yaml", "");
    folder.pass(Duration.ofSeconds(1));
    folder.write("a.yaml", "# editing\n");
    folder.pass(Duration.ofSeconds(2));

    assertThat(folder.inForce()).isEmpty();
  }

  @Test
  void twoShortEmptyMomentsAreNotALongOne() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    for (int i = 0; i < 5; i++) {
      folder.write("a.yaml", "");
      folder.pass(Duration.ofMillis(1500));
      folder.write("a.yaml", named("a"));
      folder.settle();
    }

    assertThat(folder.handedOver()).hasSize(1);
  }

  @Test
  void aFileIsNotReadWhileItIsBeingWritten() throws Exception {
    String whole = named("a") + named("b") + named("c");
    folder.write("a.yaml", whole);
    folder.load();

    // Each part of the file is valid by itself, and would retire the other fanout.
    folder.write("a.yaml", named("a", "workers: 5"));
    folder.step();
    folder.write("a.yaml", named("a", "workers: 5") + named("b"));
    folder.step();
    folder.write("a.yaml", named("a", "workers: 5") + named("b") + named("c"));
    folder.settle();

    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.inForce()).containsExactly("a:5", "b:10", "c:10");
  }

  @Test
  void aFileThatKeepsChangingIsReadWithinTwoSeconds() throws Exception {
    folder.write("a.yaml", named("a", "workers: 1"));
    folder.load();

    for (int i = 2; i <= 9; i++) {
      folder.write("a.yaml", named("a", "workers: " + i));
      folder.step();
    }

    assertThat(folder.handedOver()).hasSizeGreaterThan(1);
  }

  @Test
  void aFileOfADirectoryThatIsGoneForAMomentRetiresNothing() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    folder.delete("a.yaml");
    folder.pass(ALMOST_TWO_SECONDS);
    folder.write("a.yaml", named("a", "workers: 5"));
    folder.settle();

    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.inForce()).containsExactly("a:5");
  }

  @Test
  void aFileOfADirectoryThatStaysAwayTakesItsFanoutsAlong() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.write("b.yaml", named("b"));
    folder.load();

    folder.delete("a.yaml");
    folder.step();
    folder.pass(ALMOST_TWO_SECONDS);
    assertThat(folder.inForce()).containsExactly("a:10", "b:10");
    folder.step();

    assertThat(folder.inForce()).containsExactly("b:10");
    assertThat(folder.state().lastReloadSuccessful()).isTrue();
    assertThat(folder.state().generation()).isEqualTo(2);
  }

  @Test
  void aSingleFileThatIsGoneIsAProblemAndStaysInForce() throws Exception {
    Path file = folder.write("a.yaml", named("a"));
    WatchedFolder single = new WatchedFolder(temp, file);
    single.load();

    folder.delete("a.yaml");
    single.pass(LONG);
    assertThat(single.inForce()).containsExactly("a:10");
    assertThat(single.state().lastReloadSuccessful()).isFalse();
    assertThat(single.state().problems())
        .containsExactly(file + ":1: file: no such file or directory");

    folder.write("a.yaml", named("a"));
    single.settle();
    assertThat(single.state().lastReloadSuccessful()).isTrue();
    assertThat(single.state().generation()).as("the same again is no load").isEqualTo(1);
    assertThat(single.handedOver()).hasSize(1);
  }

  @Test
  void aDirectoryThatIsGoneIsAProblemAndAllStaysInForce() throws Exception {
    Path moved = temp.resolve("moved");
    Path watched = Files.createDirectory(temp.resolve("config"));
    WatchedFolder inner = new WatchedFolder(watched);
    inner.write("a.yaml", named("a"));
    inner.load();

    Files.move(watched, moved);
    inner.pass(LONG);
    assertThat(inner.inForce()).containsExactly("a:10");
    assertThat(inner.state().lastReloadSuccessful()).isFalse();
    assertThat(inner.state().problems())
        .containsExactly(watched + ":1: file: no such file or directory");

    Files.move(moved, watched);
    inner.settle();
    assertThat(inner.state().lastReloadSuccessful()).isTrue();
    assertThat(inner.handedOver()).hasSize(1);
  }

  @Test
  void aFileThatBecomesADirectoryIsAProblem() throws Exception {
    Path file = folder.write("a.yaml", named("a"));
    WatchedFolder single = new WatchedFolder(temp, file);
    single.load();

    folder.delete("a.yaml");
    Files.createDirectory(file);
    single.settle();

    assertThat(single.inForce()).containsExactly("a:10");
    assertThat(single.state().problems()).containsExactly(file + ":1: file: is no regular file");
  }

  @Test
  void directoriesAndHiddenFilesAndOtherNamesAreNoResources() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    Files.createDirectory(folder.path("b.yaml"));
    Files.writeString(folder.path("b.yaml").resolve("c.yaml"), named("c"));
    folder.write(".d.yaml", named("d"));
    folder.write("e.yaml~", named("e"));
    folder.write("f.json", named("f"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:10");
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aLinkThatLeadsNowhereIsAProblemAndTheLastGoodVersionStays() throws Exception {
    folder.write("target", named("a"));
    Files.createSymbolicLink(folder.path("a.yaml"), Path.of("target"));
    folder.load();

    folder.delete("target");
    folder.pass(LONG);

    assertThat(folder.inForce()).containsExactly("a:10");
    assertThat(folder.state().problems())
        .containsExactly(folder.path("a.yaml") + ":1: file: no such file or directory");
  }

  @Test
  void aFileThatMayNotBeReadIsAProblemUntilItMay() throws Exception {
    Path file = folder.write("a.yaml", named("a"));
    folder.load();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeThat(Files.isReadable(file)).as("the superuser may read everything").isFalse();

    folder.settle();
    assertThat(folder.inForce()).containsExactly("a:10");
    assertThat(folder.state().problems()).containsExactly(file + ":1: file: permission denied");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    folder.settle();
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aFileOfTheSameSizeAndTimeInItsPlaceIsNoticed() throws Exception {
    Path file = folder.write("a.yaml", named("a", "workers: 1"));
    folder.load();
    Path other = folder.write("other", named("a", "workers: 2"));
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:2");
  }

  @Test
  void aFileOfTheSameSizeAndTimeWrittenOverIsNoticed() throws Exception {
    Path file = folder.write("a.yaml", named("a", "workers: 1"));
    FileTime modified = Files.getLastModifiedTime(file);
    folder.load();

    folder.write("a.yaml", named("a", "workers: 2"));
    Files.setLastModifiedTime(file, modified);
    folder.settle();

    assertThat(folder.inForce()).containsExactly("a:2");
  }

  @Test
  void twoShortAbsencesAreNotALongOne() throws Exception {
    folder.write("a.yaml", named("a"));
    folder.load();

    for (int i = 0; i < 5; i++) {
      folder.delete("a.yaml");
      folder.pass(Duration.ofMillis(1500));
      folder.write("a.yaml", named("a"));
      folder.settle();
    }

    assertThat(folder.handedOver()).hasSize(1);
  }
}
