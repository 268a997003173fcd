package io.pushfanout.checkpoint;

import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A directory whose files are complete or absent, even after a crash of the process or the machine.
 * Several processes may write to one directory: the last write of a file wins. If others may make
 * files in the directory, ours are in a folder of their own ({@link PrivateFolder}).
 */
public final class StateDirectory {
  /**
   * Size limit of a file, ten times the average size of 100,000 nodes, the most that are read of a
   * service.
   */
  static final int MAX_BYTES = 32 << 20;

  private static final String UNFINISHED = ".tmp";
  private static final String PROBE = "probe" + UNFINISHED;

  /**
   * Age at which a temporary file counts as abandoned; a younger one may be another process's
   * current write.
   */
  private static final Duration ABANDONED_AFTER = Duration.ofMinutes(1);

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Opens the directory, makes it if missing, with access for our user only, and tests it by
   * writing a file.
   *
   * @throws IOException if the directory cannot be used, with a message that follows its name
   */
  public static StateDirectory open(Path path) throws IOException {
    try {
      Files.createDirectories(path, PrivateFolder.MODE);
      try (OpenFolder folder = PrivateFolder.make(path)) {
        clearAbandoned(folder);
        folder.write(PROBE, new byte[] {'\n'}, UNFINISHED);
        folder.delete(PROBE);
      }
      return new StateDirectory(path);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("is no directory", e);
    } catch (IOException e) {
      throw new IOException("cannot be written to: " + FileException.why(e), e);
    }
  }

  private static void clearAbandoned(OpenFolder folder) throws IOException {
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED_AFTER));
    for (String name : folder.names(UNFINISHED)) {
      try {
        if (folder.modified(name).compareTo(abandoned) < 0) {
          folder.delete(name);
        }
      } catch (FileSystemException _) {
        // Another process may have finished its file just now; a leftover file does no harm.
      }
    }
  }

  /** Returns the names with this suffix, sorted. */
  List<String> names(String end) throws IOException {
    try (OpenFolder folder = PrivateFolder.open(path)) {
      return folder.names(end);
    }
  }

  /**
   * Reads a file.
   *
   * @throws FileException if the file is missing, too large, not a regular file, possibly written
   *     by others, or unreadable
   */
  SmallFile read(String name) throws FileException {
    try (OpenFolder folder = PrivateFolder.open(path)) {
      return folder.read(name, MAX_BYTES);
    } catch (IOException e) {
      throw FileException.of(path.resolve(name), e);
    }
  }

  /** Replaces the file; on an exception it is unchanged. */
  void write(String name, byte[] content) throws IOException {
    if (content.length > MAX_BYTES) {
      throw FileException.tooLarge(path.resolve(name), MAX_BYTES);
    }
    try (OpenFolder folder = PrivateFolder.make(path)) {
      folder.write(name, content, UNFINISHED);
    }
  }

  void delete(String name) throws IOException {
    try (OpenFolder folder = PrivateFolder.open(path)) {
      folder.delete(name);
    }
  }
}
