package io.pushfanout.audit;

import io.pushfanout.reload.FileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A file to which lines are appended. Each write first checks whether the path still names this
 * file, and creates the file again after a move or deletion: log rotation needs no signal.
 */
public final class AuditFile implements AuditOutput {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Attempts to open a file that is moved away between two system calls. */
  private static final int TRIES = 3;

  private final Path path;
  private Opened file;

  private record Opened(FileChannel channel, Object key) {}

  private AuditFile(Path path, Opened file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens the file, or creates it with mode 0600.
   *
   * @throws IOException with a message to follow the file's name
   */
  public static AuditFile open(Path path) throws IOException {
    try {
      return new AuditFile(path, opened(path));
    } catch (IOException e) {
      throw new IOException("cannot be written to: " + FileException.why(e), e);
    }
  }

  private static Opened opened(Path path) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Optional<Object> key = key(path);
      if (key.isEmpty()) {
        create(path);
        continue;
      }
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      boolean same = false;
      try {
        // The same before and after: no other file can have been opened in between.
        same = key.equals(key(path));
      } finally {
        if (!same) {
          channel.close();
        }
      }
      if (same) {
        return new Opened(channel, key.get());
      }
    }
    throw new IOException("the file does not stay in its place");
  }

  private static void create(Path path) throws IOException {
    try {
      Files.createFile(path, OWNER_ONLY);
    } catch (FileAlreadyExistsException _) {
      // Log rotation has created it meanwhile.
    }
  }

  /** Returns the file's identity within its file system; empty if there is no file. */
  private static Optional<Object> key(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    // Opening a pipe would wait for its reader.
    if (!attributes.isRegularFile()) {
      throw new IOException("is not a regular file");
    }
    return Optional.of(Objects.requireNonNull(attributes.fileKey(), "no file system of a Unix"));
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    if (!key(path).equals(Optional.of(file.key()))) {
      FileChannel before = file.channel();
      file = opened(path);
      toStartOfLine(lines);
      before.close();
    }
    AuditOutput.writeAll(file.channel(), lines);
  }

  /**
   * Moves back to the start of a line that a full disk has cut: the next file begins with the whole
   * line.
   */
  private static void toStartOfLine(ByteBuffer lines) {
    int at = lines.position();
    while (at > 0 && lines.get(at - 1) != '\n') {
      at--;
    }
    lines.position(at);
  }

  @Override
  public void close() throws IOException {
    file.channel().close();
  }
}
