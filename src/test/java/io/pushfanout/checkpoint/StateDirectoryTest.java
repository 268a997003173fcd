package io.pushfanout.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.reload.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDirectoryTest {
  private static final int STRANGER = 123_455;

  @TempDir private Path dir;

  @Test
  void itIsMadeWithItsParentsAndIsPrivateWithItsFiles() throws IOException {
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

    assertThat(text(state)).isEqualTo("second");
    assertThat(state.names("")).containsExactly("a.json");
  }

  @Test
  void aReadDuringAReplacementFindsTheOldOrTheNewFile() throws Exception {
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
      assertThat(text(state)).isIn(one, two);
      reads++;
    }
    writer.join();

    assertThat(reads).isPositive();
  }

  @Test
  void aFailedWriteLeavesTheFileAsItWas() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("kept"));

    assertThatThrownBy(() -> state.write("a.json", new byte[StateDirectory.MAX_BYTES + 1]))
        .hasMessage(dir.resolve("a.json") + ": is larger than 32Mi");
    Files.createDirectories(dir.resolve("b.json/full"));
    assertThatThrownBy(() -> state.write("b.json", bytes("x"))).isInstanceOf(IOException.class);

    assertThat(text(state)).isEqualTo("kept");
    assertThat(state.names("")).containsExactly("a.json", "b.json");
  }

  @Test
  void anUnfinishedFileIsDeletedOnceItIsOld() throws IOException {
    Path old = Files.writeString(dir.resolve(".a.json-1.tmp"), "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(120)));
    Path young = Files.writeString(dir.resolve(".a.json-2.tmp"), "under way");
    StateDirectory.open(dir);

    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void onlyRegularFilesAreRead() throws IOException {
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
  void leftoversOfOtherUsersDoNoHarm() throws IOException {
    Path left = Files.createDirectories(dir.resolve("x.tmp"));
    Files.writeString(left.resolve("file"), "");
    Files.setLastModifiedTime(left, FileTime.from(Instant.EPOCH));

    StateDirectory state = StateDirectory.open(dir);

    state.write("a.json", bytes("{}"));
    assertThat(text(state)).isEqualTo("{}");
  }

  @Test
  void inAWorldWritableDirectoryOurFilesAreInAFolderOfOurOwn() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(dir.resolve("a.json"), "{\"by\":\"another\"}");
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));

    assertThat(text(state)).isEqualTo("{}");
    assertThat(permissions(ownFolder())).isEqualTo("rwx------");
  }

  @Test
  void aGroupThatMayMakeFilesLosesThatInOurFolder() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwx---"));
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    // The kubelet sets these permissions for fsGroup at each start of a pod.
    Files.setPosixFilePermissions(ownFolder(), PosixFilePermissions.fromString("rwxrwx---"));
    Files.setPosixFilePermissions(
        ownFolder().resolve("a.json"), PosixFilePermissions.fromString("rw-rw----"));

    assertThat(text(StateDirectory.open(dir))).isEqualTo("{}");
    assertThat(permissions(ownFolder())).isEqualTo("rwx------");
  }

  @Test
  void anotherEntryWithTheNameOfOurFolderIsMovedAway() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    Path own = ownFolder();
    Path moved = Files.move(own, dir.resolve("moved"));
    Files.createSymbolicLink(own, moved);

    assertThatThrownBy(() -> state.read("a.json")).hasMessageContaining(" in it cannot be ours: ");
    state.write("a.json", bytes("anew"));
    assertThat(text(state)).isEqualTo("anew");
    assertThat(moved.resolve("a.json")).as("the other one").hasContent("{}");
  }

  @Test
  void aWorldWritableFileIsNotReadAndOneOfAGroupIs() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    Path file = dir.resolve("a.json");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(text(state)).as("of a group, as volumes have it").isEqualTo("{}");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> state.read("a.json"))
        .hasMessage(file + ": may be written by every user of this machine");
    state.write("a.json", bytes("{}"));
    assertThat(text(state)).as("ours again, and in its place").isEqualTo("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "ours",
      textBlock =
          """
          123456 | rw------- | ours
          123456 | rw-rw-r-- | ours
          0      | rw-r--r-- | ours
          0      | rw-rw-rw- | may be written by every user of this machine
          123456 | -------w- | may be written by every user of this machine
          123455 | rw------- | is of another user, 123455
          123455 | rw-rw-rw- | is of another user, 123455
          """)
  void aFileIsReadThatOnlyWeOrRootOrAGroupMayHaveWritten(
      String uid, String permissions, @Nullable String problem) throws IOException {
    assertThat(
            OpenFolder.whyNotOurs(
                user(uid), user("123456"), user("0"), PosixFilePermissions.fromString(permissions)))
        .isEqualTo(Optional.ofNullable(problem));
  }

  @Test
  void forRootNoOtherUserIsOneOfUs() throws IOException {
    assertThat(
            OpenFolder.whyNotOurs(
                user("123456"), user("0"), user("0"), PosixFilePermissions.fromString("rw-------")))
        .contains("is of another user, 123456");
  }

  private static UserPrincipal user(String uid) throws IOException {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(uid);
  }

  @Test
  void aFileOfAnotherUserIsNotReadUnlessThatIsRoot() throws IOException {
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    giveAway(dir.resolve("a.json"));

    assertThatThrownBy(() -> state.read("a.json"))
        .hasMessageEndingWith(": is of another user, " + STRANGER);
  }

  @Test
  void aFolderOfAnotherUserIsNotReadAndGivesWay() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("{}"));
    giveAway(ownFolder());

    assertThatThrownBy(() -> state.read("a.json"))
        .hasMessageEndingWith(" in it cannot be ours: is of another user, " + STRANGER);
    StateDirectory.open(dir).write("b.json", bytes("{}"));
    assertThat(state.names("")).containsExactly("b.json");
  }

  /**
   * Another user with the right to rename in the directory swaps our folder with a copy of its own,
   * as fast as possible. Each read returns our text or fails.
   */
  @Test
  void filesSwappedDuringAReadAreNotRead() throws Exception {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    StateDirectory state = StateDirectory.open(dir);
    state.write("a.json", bytes("ours"));
    Path made = ownFolder();
    Path theirs = dir.resolve("theirs");
    giveAway(Files.createDirectory(theirs));
    giveAway(Files.writeString(theirs.resolve("a.json"), "theirs"));
    AtomicBoolean reading = new AtomicBoolean(true);
    AtomicInteger exchanges = new AtomicInteger();
    Thread attacker =
        Threads.start(
            "attacker",
            () -> {
              while (reading.get()) {
                Renames.exchange(made, theirs);
                exchanges.incrementAndGet();
              }
            });
    int ours = 0;
    try {
      for (int read = 0; read < 3_000; read++) {
        try {
          assertThat(text(state)).isEqualTo("ours");
          ours++;
        } catch (FileException e) {
          assertThat(e).hasMessageContaining("is of another user, " + STRANGER);
        }
      }
    } finally {
      reading.set(false);
      attacker.join();
    }

    assertThat(exchanges).hasPositiveValue();
    assertThat(ours).isPositive();
  }

  private static void giveAway(Path file) throws IOException {
    assumeTrue((int) Files.getAttribute(file, "unix:uid") == 0, "only root can give files away");
    Files.setAttribute(file, "unix:uid", STRANGER);
  }

  /** Returns our folder in a world-writable directory. */
  private Path ownFolder() throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("private-"))
          .findAny()
          .orElseThrow();
    }
  }

  private static String text(StateDirectory state) throws FileException {
    return state.read("a.json").text(StandardCharsets.UTF_8);
  }

  @Test
  void aPathThatCannotBeADirectoryIsRejected() throws IOException {
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
