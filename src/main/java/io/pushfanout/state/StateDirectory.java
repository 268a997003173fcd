package io.pushfanout.state;

import io.pushfanout.files.FileException;
import io.pushfanout.files.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory whose files are there whole or not at all, whenever the process or the machine ends.
 * Several processes may write to one: each file is the last one's.
 */
public final class StateDirectory {
  /** Ten times what 100,000 nodes, the most that are read of a service, take on average. */
  static final int MAX_BYTES = 32 << 20;

  private static final String UNFINISHED = ".tmp";

  /** Of another process it may be under way. */
  private static final Duration ABANDONED_AFTER = Duration.ofMinutes(1);

  private static final FileAttribute<Set<PosixFilePermission>> OURS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE_OF_OURS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final int ROOT = 0;

  private final Path path;

  /** Our user, as this directory's file system has it. */
  private final int ownUid;

  private StateDirectory(Path path, int ownUid) {
    this.path = path;
    this.ownUid = ownUid;
  }

  /**
   * Made where it is missing, for nobody else to see into; tried by a file.
   *
   * @throws IOException when it cannot be used, with a message to follow its name
   */
  public static StateDirectory open(Path path) throws IOException {
    try {
      Files.createDirectories(path, OURS);
      clearAbandoned(path);
      Path probe = temporary(path, "probe", new byte[] {'\n'});
      int ownUid = uid(probe);
      Files.delete(probe);
      return new StateDirectory(path, ownUid);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("is no directory", e);
    } catch (FileSystemException e) {
      throw new IOException("cannot be written to: " + FileException.why(e), e);
    }
  }

  private static void clearAbandoned(Path directory) throws IOException {
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED_AFTER));
    for (String name : names(directory, UNFINISHED)) {
      Path file = directory.resolve(name);
      try {
        if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).compareTo(abandoned) < 0) {
          Files.deleteIfExists(file);
        }
      } catch (FileSystemException _) {
        // It is another's, who may just have finished it, and it is in nobody's way.
      }
    }
  }

  Path path(String name) {
    return path.resolve(name);
  }

  /** The names that end so. */
  List<String> names(String end) throws IOException {
    return names(path, end);
  }

  private static List<String> names(Path directory, String end) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names.stream().filter(name -> name.endsWith(end)).sorted().toList();
  }

  /**
   * @throws FileException when there is none, it is too large, no regular file, may be another's
   *     words, or cannot be read
   */
  byte[] read(String name) throws FileException {
    SmallFile file = SmallFile.read(path.resolve(name), MAX_BYTES, LinkOption.NOFOLLOW_LINKS);
    refuseOthers(file.path());
    return file.bytes();
  }

  /** A volume may let everybody make files in it, and Kubernetes' emptyDir does. */
  private void refuseOthers(Path file) throws FileException {
    try {
      Optional<String> problem =
          whyNotOurs(
              uid(file), ownUid, Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
      if (problem.isPresent()) {
        throw new FileException(file, problem.get());
      }
    } catch (IOException e) {
      throw FileException.of(file, e);
    }
  }

  /**
   * Whether a file may hold words that are not ours.
   *
   * @return to follow its name; empty when only we, root or a group that we share may have written
   */
  static Optional<String> whyNotOurs(int uid, int ownUid, Set<PosixFilePermission> permissions) {
    if (uid != ownUid && uid != ROOT) {
      return Optional.of("is of another user, uid " + uid);
    }
    return permissions.contains(PosixFilePermission.OTHERS_WRITE)
        ? Optional.of("may be written by every user of this machine")
        : Optional.empty();
  }

  private static int uid(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  /** Replaces the file; on an exception it is as it was before. */
  void write(String name, byte[] content) throws IOException {
    if (content.length > MAX_BYTES) {
      throw FileException.tooLarge(path.resolve(name), MAX_BYTES);
    }
    Path temporary = temporary(path, name, content);
    try {
      Files.move(temporary, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true); // The new name, too.
    }
  }

  private static Path temporary(Path directory, String name, byte[] content) throws IOException {
    Path file = Files.createTempFile(directory, "." + name + "-", UNFINISHED, FILE_OF_OURS);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return file;
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(path.resolve(name));
  }
}
