package io.pushfanout.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {
  private static final int MAX = 2048;

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(dir.resolve("file"), "secret");
  }

  @Test
  void aFileIsReadWholeAndItsContentIsNotPrinted() throws Exception {
    SmallFile read = SmallFile.read(file, MAX);

    assertThat(read.text(UTF_8)).isEqualTo("secret");
    assertThat(read.path()).isEqualTo(file);
    assertThat(read).asString().doesNotContain("secret");
  }

  @Test
  void oneThatIsTooLargeIsRefusedAndOneByteLessIsNot() throws Exception {
    Files.write(file, new byte[MAX]);
    assertThat(SmallFile.read(file, MAX).bytes()).hasSize(MAX);

    Files.write(file, new byte[MAX + 1]);
    refused(file, "is larger than 2Ki");
    refused(Path.of("/dev/zero"), "is no regular file");
  }

  @Test
  void aMissingFileIsReported() {
    Path none = dir.resolve("no\nfile");

    assertThatThrownBy(() -> SmallFile.read(none, MAX))
        .isInstanceOfSatisfying(FileException.class, e -> assertThat(e.isMissing()).isTrue())
        .hasMessage(dir + "/no\\nfile: no such file or directory");
    refused(file.resolve("below"), "Not a directory");
  }

  @Test
  void anUnreadableFileIsReported() throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeThat(Files.isReadable(file)).as("the superuser may read everything").isFalse();

    refused(file, "permission denied");
  }

  @Test
  void aLinkIsFollowedUnlessItMayNotBe() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);

    assertThat(SmallFile.read(link, MAX).text(UTF_8)).isEqualTo("secret");
    refused(link, "is no regular file", NOFOLLOW_LINKS);
    Files.delete(file);
    refused(link, "no such file or directory");
    refused(dir, "is no regular file");
  }

  private static void refused(Path file, String problem, LinkOption... links) {
    assertThatThrownBy(() -> SmallFile.read(file, MAX, links))
        .isInstanceOfSatisfying(
            FileException.class,
            e -> {
              assertThat(e.file()).isEqualTo(file);
              assertThat(e.problem()).isEqualTo(problem);
            });
  }
}
