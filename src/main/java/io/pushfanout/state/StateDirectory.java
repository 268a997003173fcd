package io.pushfanout.state;

import io.pushfanout.files.FileException;
import io.pushfanout.files.SmallFile;
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
 * A directory whose files are there whole or not at all, whenever the process or the machine ends.
 * Several processes may write to one: each file is the last one's. Where others may make files in
 * it, ours are in a folder of their own ({@link PrivateFolder}).
 */
public final class StateDirectory {
  /** Ten times what 100,000 nodes, the most that are read of a service, take on average. */
  static final int MAX_BYTES = 32 << 20;

  private static final String UNFINISHED = ".tmp";
  private static final String PROBE = "probe" + UNFINISHED;

  /** Of another process it may be under way. */
  private static final Duration ABANDONED_AFTER = Duration.ofMinutes(1);

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Made where it is missing, for nobody else to see into; tried by a file.
   *
   * @throws IOException when it cannot be used, with a message to follow its name
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
        // It is another's, who may just have finished it, and it is in nobody's way.
      }
    }
  }

  /** The names that end so. */
  List<String> names(String end) throws IOException {
    try (OpenFolder folder = PrivateFolder.open(path)) {
      return folder.names(end);
    }
  }

  /**
   * @throws FileException when there is none, it is too large, no regular file, may be another's
   *     words, or cannot be read
   */
  SmallFile read(String name) throws FileException {
    try (OpenFolder folder = PrivateFolder.open(path)) {
      return folder.read(name, MAX_BYTES);
    } catch (IOException e) {
      throw FileException.of(path.resolve(name), e);
    }
  }

  /** Replaces the file; on an exception it is as it was before. */
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
