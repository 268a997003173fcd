package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {
  @TempDir private Path folder;
  private Path good;
  private Path bad;

  @BeforeEach
  void writeFiles() throws IOException {
    good =
        Files.writeString(folder.resolve("good.yaml"), Resources.named("a") + Resources.named("b"));
    bad = Files.writeString(folder.resolve("bad.yaml"), Resources.named("c", "workers: 0"));
  }

  @Test
  void aGoodFileIsALineWithItsCount() throws IOException {
    Path one = Files.writeString(folder.resolve("one.yaml"), Resources.named("c"));

    assertThat(Validation.of(List.of(good, one)))
        .isEqualTo(
            new Validation(
                List.of(good + ": 2 PushFanouts, valid", one + ": 1 PushFanout, valid"), true));
  }

  @Test
  void aProblemIsALineAndTheOtherFilesAreStillChecked() {
    assertThat(Validation.of(List.of(bad, good)))
        .isEqualTo(
            new Validation(
                List.of(
                    bad + ":6: spec.workers: must be from 1 to 1024, is 0",
                    good + ": 2 PushFanouts, valid"),
                false));
  }

  @Test
  void oneNameInTwoFilesIsAProblemOfTheLaterThatNamesBothPlaces() throws IOException {
    Path twice = Files.writeString(folder.resolve("again.yaml"), "\n" + Resources.named("b"));

    assertThat(Validation.of(List.of(good, twice)))
        .isEqualTo(
            new Validation(
                List.of(
                    good + ": 2 PushFanouts, valid",
                    twice
                        + ":6: metadata.name: default/b is there twice: it is in "
                        + good
                        + ":10"),
                false));
  }

  @Test
  void aDirectoryStandsForItsFilesByName() throws IOException {
    Files.writeString(folder.resolve("x.yml"), Resources.named("x"));
    Files.writeString(folder.resolve(".hidden.yaml"), "bad");
    Files.writeString(folder.resolve("notes.txt"), "bad");
    Files.createDirectory(folder.resolve("folder.yaml"));

    assertThat(Validation.of(List.of(folder)).lines())
        .containsExactly(
            bad + ":6: spec.workers: must be from 1 to 1024, is 0",
            good + ": 2 PushFanouts, valid",
            folder.resolve("x.yml") + ": 1 PushFanout, valid");
  }

  @Test
  void otherKindsOfAManifestAreNamedOnceAndNotChecked() throws IOException {
    String namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: 1, odd: [~]}\n---\n";
    Path file =
        Files.writeString(
            folder.resolve("all.yaml"),
            namespace
                + namespace
                + "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: rbac.authorization.k8s.io/v1,"
                + " kind: Role}\n- {apiVersion: pushfanout.io/v1alpha1, kind: PushFanout,"
                + " metadata: {name: l}}\n---\n"
                + Resources.named("c"));

    assertThat(Validation.of(List.of(file)))
        .isEqualTo(
            new Validation(
                List.of(
                    file
                        + ": 2 PushFanouts, valid; other kinds, which kubectl takes and --config"
                        + " refuses, are not checked: Namespace, Role"),
                true));
  }

  @ParameterizedTest
  @CsvSource({
    "pushfanout.io/v1, PushFanout",
    "pushfanout.io/v1alpha1, Fanout",
    "PushFanout.io/v1alpha1, Pushfanout",
    "pushfanouts.io/v1alpha1, PushFanout",
    "v1, pushfanoutlist",
    "v1,",
    ",Namespace",
    "{}, Namespace",
    "1, Namespace"
  })
  void aMisspeltPushFanoutIsNoOtherKind(@Nullable String version, @Nullable String kind)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("x.yaml"),
            "apiVersion: %s%nkind: %s%nmetadata: {name: x}%n"
                .formatted(Objects.requireNonNullElse(version, "~"), kind));

    assertThat(Validation.of(List.of(file)).valid()).isFalse();
  }

  @Test
  void aFileThatIsGivenTwiceIsCheckedOnce() {
    assertThat(Validation.of(List.of(good, good, folder.resolve("good.yaml"))).valid()).isTrue();
  }

  @Test
  void aFileThatCannotBeReadIsAProblem() {
    Path gone = folder.resolve("gone.yaml");

    assertThat(Validation.of(List.of(gone)))
        .isEqualTo(new Validation(List.of(gone + ":1: file: no such file or directory"), false));
  }

  @Test
  void aFileNameCannotEndItsLine() throws IOException {
    Path odd = Files.writeString(folder.resolve("a\nb.yaml"), "");

    assertThat(Validation.of(List.of(odd)).lines())
        .containsExactly(folder + "/a\\nb.yaml: 0 PushFanouts, valid");
  }
}
