package io.pushfanout.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.tools.LoggedLines;
import io.pushfanout.tools.MountedFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A pair of reloaded texts, of which "bad" is invalid. */
class ReloadingFilesTest {
  private static final String KEPT = "; the last good one stays in force";

  @RegisterExtension final LoggedLines log = new LoggedLines(ReloadingFilesTest.class);
  @TempDir Path dir;
  private Path one;
  private Path two;
  private String inForce = "";
  private @Nullable Error cannot;
  private ReloadingFiles files;

  @BeforeEach
  void load() throws Exception {
    one = Files.writeString(dir.resolve("one"), "a");
    two = Files.writeString(dir.resolve("two"), "b");
    files = reloading(one, two);
    assertThat(inForce).isEqualTo("a b");
  }

  @Test
  void aChangeCountsAfterTwoEqualPollsInARow() throws Exception {
    Files.writeString(one, "half");
    files.poll();
    Files.writeString(one, "whole");
    files.poll();
    assertThat(inForce).as("still being written").isEqualTo("a b");

    files.poll();
    assertThat(inForce).isEqualTo("whole b");
    polls(9);
    assertThat(log.all()).containsExactly("INFO " + one + " and " + two + ": renewed, whole b");
  }

  @Test
  void contentThatMovesFromOneFileToTheNextIsAChange() throws Exception {
    Files.writeString(one, "ab");
    Files.writeString(two, "");
    polls(2);

    assertThat(inForce).isEqualTo("ab ");
  }

  @Test
  void anotherFileInItsPlaceCounts() throws Exception {
    Path next = Files.writeString(dir.resolve("next"), "c");
    Files.move(next, one, StandardCopyOption.REPLACE_EXISTING);

    polls(2);
    assertThat(inForce).isEqualTo("c b");
  }

  @Test
  void aMountedFolderIsExchangedAsAWholeWithoutANewerDate() throws Exception {
    MountedFolder folder = new MountedFolder(dir.resolve("mounted"));
    folder.hold(Map.of("one", "a", "two", "b"));
    files = reloading(folder.file("one"), folder.file("two"));
    FileTime then = Files.getLastModifiedTime(folder.file("one"));

    folder.hold(Map.of("one", "c", "two", "d"));
    Files.setLastModifiedTime(folder.file("one"), then);
    Files.setLastModifiedTime(folder.file("two"), then);
    polls(2);

    assertThat(inForce).isEqualTo("c d");
  }

  @Test
  void invalidContentIsLoggedOnceAndTheLastGoodStaysInForce() throws Exception {
    Files.writeString(one, "bad");
    polls(9);
    assertThat(inForce).isEqualTo("a b");
    assertThat(files.problem()).contains(one + ": is bad" + KEPT);

    Files.writeString(one, "a");
    polls(2);
    assertThat(files.problem()).isEmpty();
    assertThat(log.all())
        .containsExactly(
            "WARN " + one + ": is bad" + KEPT,
            "INFO " + one + " and " + two + ": good again, as before");
  }

  @Test
  void aFailureOfTheLoaderIsAProblemTooAndNotQuoted() throws Exception {
    Files.writeString(one, "breaks us");
    polls(2);

    assertThat(files.problem())
        .contains(one + ": could not be taken: IllegalStateException" + KEPT);
    assertThat(inForce).isEqualTo("a b");
  }

  @Test
  void invalidContentMayBeFollowedByOtherInvalidAndByNewValidContent() throws Exception {
    Files.writeString(one, "bad");
    polls(2);
    Files.writeString(two, "x");
    polls(2);
    assertThat(log.all()).as("judged anew").hasSize(2);

    Files.writeString(one, "c");
    polls(2);
    assertThat(inForce).isEqualTo("c x");
    assertThat(files.problem()).isEmpty();
  }

  @Test
  void aFileThatIsMissingForOnePollIsNotReported() throws Exception {
    Files.delete(two);
    files.poll();
    Files.writeString(two, "b");
    polls(9);

    assertThat(log.all()).isEmpty();
  }

  @Test
  void aFileThatIsMissingForLongerIsLoggedOnceAndItsReturnToo() throws Exception {
    Files.delete(two);
    polls(9);
    assertThat(inForce).isEqualTo("a b");
    assertThat(files.problem()).contains(two + ": no such file or directory" + KEPT);

    Files.writeString(two, "b");
    polls(2);
    assertThat(files.problem()).isEmpty();
    assertThat(log.all())
        .containsExactly(
            "WARN " + two + ": no such file or directory" + KEPT,
            "INFO " + one + " and " + two + ": good again, as before");
  }

  @Test
  void emptyContentCountsAfterFourPolls() throws Exception {
    Files.writeString(one, "");
    Files.writeString(two, "");
    polls(3);
    assertThat(inForce).isEqualTo("a b");

    files.poll();
    assertThat(inForce).isEqualTo(" ");
    assertThat(log.all()).singleElement().asString().contains("renewed");
  }

  @Test
  void theFirstContentMustBeValid() throws Exception {
    Path bad = Files.writeString(dir.resolve("bad"), "bad");

    assertThatThrownBy(() -> reloading(one, bad)).hasMessage(bad + ": is bad");
    assertThatThrownBy(() -> reloading(one, dir.resolve("none")))
        .hasMessage(dir.resolve("none") + ": no such file or directory");
  }

  @Test
  void contentOnWhichTheLoaderFailsForAWhileIsTakenAfterwards() throws Exception {
    Files.writeString(one, "takes a thread");
    cannot = new OutOfMemoryError("unable to create native thread");
    polls(9);
    assertThat(files.problem()).contains(one + ": could not be taken: OutOfMemoryError" + KEPT);
    assertThat(log.all()).hasSize(1);

    cannot = null;
    polls(1);
    assertThat(inForce).isEqualTo("takes a thread b");
    assertThat(files.problem()).isEmpty();
  }

  private ReloadingFiles reloading(Path... paths) throws FileException {
    return new ReloadingFiles(
        LoggerFactory.getLogger(ReloadingFilesTest.class),
        List.of(paths),
        this::load,
        texts -> texts.stream().allMatch(text -> text.bytes().length == 0));
  }

  private String load(List<SmallFile> texts) throws FileException {
    if (cannot != null) {
      throw cannot;
    }
    for (SmallFile text : texts) {
      if (text.text(UTF_8).equals("bad")) {
        throw new FileException(text.path(), "is bad");
      }
      if (text.text(UTF_8).equals("breaks us")) {
        throw new IllegalStateException(text.text(UTF_8));
      }
    }
    inForce = texts.stream().map(text -> text.text(UTF_8)).collect(Collectors.joining(" "));
    return inForce;
  }

  private void polls(int times) {
    for (int i = 0; i < times; i++) {
      files.poll();
    }
  }
}
