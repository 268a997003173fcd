package io.pushfanout.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.files.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDirectoryTest {
  @TempDir private Path dir;

  @Test
  void itIsMadeWithItsParentsAndNobodyElseSeesIntoItOrItsFiles() throws IOException {
    Path made = dir.resolve("var/pushfanout");
    StateDirectory state = StateDirectory.open(made);
    state.write("a.json", bytes("{}"));

    assertThat(permissions(made)).isEqualTo("rwx------");
    assertThat(permissions(made.resolve("a.json"))).isEqualTo("rw-------");
    assertThat(state.names("")).as("what it was tried with is gone").containsExactly("a.json");
  }

  @Test
  void aFileIsReplacedWhole() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("first, which is longer"));
    state.write("a.json", bytes("second"));

    assertThat(state.read("a.json")).asString(StandardCharsets.UTF_8).isEqualTo("second");
    assertThat(state.names("")).containsExactly("a.json");
  }

  @Test
  void whoeverReadsWhileItIsReplacedSeesTheOneOrTheOther() throws Exception {
    StateDirectory state = StateDirectory.open(dir);
    String one = "1".repeat(100_000);
    String two = "2".repeat(50_000);
    state.write("a.json", bytes(one));
    AtomicBoolean writing = new AtomicBoolean(true);
    Thread writer =
        Threads.start(
            "writer",
            () -> {
              try {
                for (int i = 0; i < 40; i++) {
                  state.write("a.json", bytes(i % 2 == 0 ? two : one));
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              } finally {
                writing.set(false);
              }
            });
    int reads = 0;
    while (writing.get()) {
      assertThat(new String(state.read("a.json"), StandardCharsets.UTF_8)).isIn(one, two);
      reads++;
    }
    writer.join();

    assertThat(reads).isPositive();
  }

  @Test
  void whatCannotBeWrittenLeavesTheFileAsItWas() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("kept"));

    assertThatThrownBy(() -> state.write("a.json", new byte[StateDirectory.MAX_BYTES + 1]))
        .hasMessage(dir.resolve("a.json") + ": is larger than 32Mi");
    Files.createDirectories(dir.resolve("b.json/full"));
    assertThatThrownBy(() -> state.write("b.json", bytes("x"))).isInstanceOf(IOException.class);

    assertThat(state.read("a.json")).asString(StandardCharsets.UTF_8).isEqualTo("kept");
    assertThat(state.names("")).containsExactly("a.json", "b.json");
  }

  @Test
  void whatAProcessLeftHalfWrittenIsClearedAwayOnceItIsOld() throws IOException {
    Path old = Files.writeString(dir.resolve(".a.json-1.tmp"), "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
    Path young = Files.writeString(dir.resolve(".a.json-2.tmp"), "under way");
    StateDirectory.open(dir);

    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void whatIsNoRegularFileIsNotRead() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    Path secret = Files.writeString(dir.resolve("secret"), "{}");
    Files.createSymbolicLink(dir.resolve("link.json"), secret);
    Files.createDirectory(dir.resolve("directory.json"));

    assertThatThrownBy(() -> state.read("link.json"))
        .hasMessage(dir.resolve("link.json") + ": is no regular file");
    assertThatThrownBy(() -> state.read("directory.json"))
        .hasMessage(dir.resolve("directory.json") + ": is no regular file");
    assertThatThrownBy(() -> state.read("none.json"))
        .isInstanceOfSatisfying(FileException.class, e -> assertThat(e.isMissing()).isTrue());
  }

  @Test
  void whatOthersHaveLeftIsInNobodysWay() throws IOException {
    Path left = Files.createDirectories(dir.resolve("x.tmp"));
    Files.writeString(left.resolve("file"), "");
    Files.setLastModifiedTime(left, FileTime.from(Instant.EPOCH));

    StateDirectory state = StateDirectory.open(dir);

    state.write("a.json", bytes("{}"));
    assertThat(state.read("a.json")).hasSize(2);
  }

  @Test
  void whatOthersMayHaveWrittenIsNotReadThoughEverybodyMayMakeFilesHere() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    Path file = dir.resolve("a.json");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(state.read("a.json")).as("of a group, as volumes have it").hasSize(2);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> state.read("a.json"))
        .hasMessageEndingWith(": may be written by every user of this machine");
    state.write("a.json", bytes("{}"));
    assertThat(state.read("a.json")).as("ours again, and in its place").hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "ours",
      textBlock =
          """
          1000 | rw------- | ours
          1000 | rw-rw-r-- | ours
          0    | rw-r--r-- | ours
          0    | rw-rw-rw- | may be written by every user of this machine
          1000 | -------w- | may be written by every user of this machine
          999  | rw------- | is of another user, uid 999
          999  | rw-rw-rw- | is of another user, uid 999
          """)
  void aFileIsReadThatOnlyWeOrRootOrAGroupMayHaveWritten(
      int uid, String permissions, @Nullable String problem) {
    assertThat(StateDirectory.whyNotOurs(uid, 1000, PosixFilePermissions.fromString(permissions)))
        .isEqualTo(Optional.ofNullable(problem));
  }

  @Test
  void forRootNoOtherUserIsOneOfUs() {
    assertThat(StateDirectory.whyNotOurs(1000, 0, PosixFilePermissions.fromString("rw-------")))
        .contains("is of another user, uid 1000");
  }

  @Test
  void whatAnotherUserHasMadeIsNotReadUnlessThatIsRoot() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    Path file = dir.resolve("a.json");
    assumeTrue((int) Files.getAttribute(file, "unix:uid") == 0, "only root can give files away");
    Files.setAttribute(file, "unix:uid", 12_345);

    assertThatThrownBy(() -> state.read("a.json"))
        .hasMessageEndingWith(": is of another user, uid 12345");
  }

  @Test
  void aPlaceThatCannotBeADirectorySaysSo() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");

    assertThatThrownBy(() -> StateDirectory.open(file)).hasMessage("is no directory");
    assertThatThrownBy(() -> StateDirectory.open(file.resolve("below")))
        .hasMessage("cannot be written to: Not a directory");
    assertThatThrownBy(() -> StateDirectory.open(Path.of("/proc/self")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot be written to: ");
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
