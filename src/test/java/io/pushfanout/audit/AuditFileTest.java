package io.pushfanout.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  @TempDir private Path dir;
  private Path path;
  private AuditFile file;

  @BeforeEach
  void open() throws IOException {
    path = Files.createDirectory(dir.resolve("log")).resolve("audit.jsonl");
    file = AuditFile.open(path);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  private void write(String lines) throws IOException {
    file.write(bytes(lines));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void onlyTheOwnerMayReadTheFile() throws IOException {
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void linesAreAppendedToThoseOfTheFile() throws IOException {
    write("one\n");
    file.close();
    file = AuditFile.open(path);
    write("two\n");

    assertThat(path).hasContent("one\ntwo\n");
  }

  @Test
  void aFileThatWasMovedAwayIsMadeAgain() throws IOException {
    write("one\n");
    Path rotated = Files.move(path, path.resolveSibling("audit.1"));
    write("two\n");
    write("three\n");

    assertThat(rotated).hasContent("one\n");
    assertThat(path).hasContent("two\nthree\n");
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aFileThatTookItsPlaceIsAppendedTo() throws IOException {
    write("one\n");
    Files.move(path, path.resolveSibling("audit.1"));
    Files.writeString(path, "new\n");
    write("two\n");

    assertThat(path).hasContent("new\ntwo\n");
  }

  @Test
  void aFileThatWasTruncatedIsAppendedTo() throws IOException {
    write("one\n");
    Files.writeString(path, "");
    write("two\n");

    assertThat(path).hasContent("two\n");
  }

  @Test
  void aLineThatWasCutBeginsTheNextFileWhole() throws IOException {
    ByteBuffer lines = bytes("one\ntwo\n");
    lines.position("one\ntw".length());
    Files.delete(path);
    file.write(lines);

    assertThat(path).hasContent("two\n");
  }

  @Test
  void aFolderThatWasMovedAwayIsAFailureUntilItIsBack() throws IOException {
    Path folder = path.getParent();
    Path away = Files.move(folder, dir.resolve("away"));
    assertThatThrownBy(() -> write("one\n")).isInstanceOf(IOException.class);
    Files.move(away, folder);
    write("two\n");

    assertThat(path).hasContent("two\n");
  }

  @Test
  void onlyRegularFilesAreTaken() {
    assertThatThrownBy(() -> AuditFile.open(dir))
        .hasMessage("cannot be written to: is not a regular file");
    assertThatThrownBy(() -> AuditFile.open(Path.of("/dev/full")))
        .hasMessage("cannot be written to: is not a regular file");
    assertThatThrownBy(() -> AuditFile.open(dir.resolve("none/audit.jsonl")))
        .hasMessage("cannot be written to: no such file or directory");
  }
}
