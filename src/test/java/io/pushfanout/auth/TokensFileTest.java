package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.reload.FileException;
import io.pushfanout.tools.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TokensFileTest {
  private static final String ONE = "one " + TokenFileAuthorizerTest.hash("t-one") + " all\n";
  private static final String TWO = "two " + TokenFileAuthorizerTest.hash("t-two") + " acme/chat\n";

  @RegisterExtension final LoggedLines log = new LoggedLines(TokensFile.class);
  @TempDir Path dir;
  private Path path;
  private TokensFile file;

  @BeforeEach
  void load() throws Exception {
    path = Files.writeString(dir.resolve("tokens"), ONE);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    file = new TokensFile(path);
    assertThat(callers()).containsExactly("token:one");
  }

  @Test
  void anotherListOfTokensTakesThePlaceOfTheFirst() throws Exception {
    Files.writeString(path, ONE + TWO);
    polls(2);
    assertThat(callers()).containsExactly("token:one", "token:two");

    Files.writeString(path, TWO);
    polls(2);
    assertThat(callers()).containsExactly("token:two");
  }

  @Test
  void aBrokenFileIsNamedOnceWithItsLineAndTakesNothingAway() throws Exception {
    Files.writeString(path, ONE + "two very-secret acme/chat\n");
    polls(5);

    assertThat(problems())
        .singleElement()
        .asString()
        .contains(path + ":2: the second word must be sha256:")
        .contains("the last good one stays in force")
        .doesNotContain("secret");
    assertThat(file.problem())
        .hasValueSatisfying(problem -> assertThat(problems()).containsExactly("WARN " + problem));
    assertThat(callers()).containsExactly("token:one");
  }

  @Test
  void aFileWithoutTokensHasToStaySoForAWhile() throws Exception {
    Files.writeString(path, "");
    polls(3);
    assertThat(callers()).containsExactly("token:one");

    file.poll();
    assertThat(callers()).isEmpty();
  }

  @Test
  void aFileThatOthersMayReadIsWarnedAboutOnce() throws Exception {
    polls(2);
    assertThat(problems()).isEmpty();

    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    polls(3);
    assertThat(problems())
        .singleElement()
        .asString()
        .contains(path + ": may be read by every user of this machine");
  }

  @Test
  void nothingStartsWithABrokenFileOrWithNone() throws Exception {
    Path broken = Files.writeString(dir.resolve("broken"), ONE + "two\n");
    Path worse = Files.writeString(dir.resolve("worse"), "one\ntwo\nthree\n");

    assertThatThrownBy(() -> new TokensFile(broken))
        .isInstanceOf(FileException.class)
        .hasMessage(broken + ":2: must be NAME sha256:HASH TARGETS [expires=DATE-TIME]");
    assertThatThrownBy(() -> new TokensFile(worse))
        .hasMessage(
            worse + ":1: must be NAME sha256:HASH TARGETS [expires=DATE-TIME] (and 2 more)");
    assertThatThrownBy(() -> new TokensFile(dir.resolve("none")))
        .hasMessage(dir.resolve("none") + ": no such file or directory");
    assertThatThrownBy(() -> new TokensFile(dir)).hasMessage(dir + ": is no regular file");
  }

  private void polls(int times) {
    for (int i = 0; i < times; i++) {
      file.poll();
    }
  }

  /** The warnings and errors logged about the file. */
  private List<String> problems() {
    return log.all().stream()
        .filter(line -> !line.matches("INFO .*: (renewed, )?\\d tokens?( in force)?"))
        .toList();
  }

  private List<String> callers() {
    return file.inForce().values().stream().map(TokenEntry::caller).toList();
  }
}
