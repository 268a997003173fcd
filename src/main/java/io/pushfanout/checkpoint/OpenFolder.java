package io.pushfanout.checkpoint;

import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An open folder. Its files are opened relative to its descriptor, so that a later change of its
 * path has no effect. Instances are not thread-safe.
 */
final class OpenFolder implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

  private final Path path;
  private final SecureDirectoryStream<Path> open;
  private final UserPrincipal us;
  private final UserPrincipal root;

  /**
   * @param path the folder's name, for messages
   * @param open the folder's stream, closed with this
   * @param us our user on the folder's file system: a network share may map users to others
   */
  OpenFolder(Path path, SecureDirectoryStream<Path> open, UserPrincipal us, UserPrincipal root) {
    this.path = path;
    this.open = open;
    this.us = us;
    this.root = root;
  }

  /** Returns the names with this suffix, sorted. Each opened folder allows one call. */
  List<String> names(String end) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      open.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names.stream().filter(name -> name.endsWith(end)).sorted().toList();
  }

  /**
   * Reads a file.
   *
   * @throws FileException if the file is missing, too large, not a regular file, possibly written
   *     by others, or unreadable
   */
  SmallFile read(String name, int maxBytes) throws FileException {
    Path file = path.resolve(name);
    try {
      PosixFileAttributes attributes = view(name, PosixFileAttributeView.class).readAttributes();
      if (!attributes.isRegularFile()) {
        throw new FileException(file, "is no regular file");
      }
      Optional<String> problem = whyNotOurs(attributes.owner(), us, root, attributes.permissions());
      if (problem.isPresent()) {
        throw new FileException(file, problem.get());
      }
      try (InputStream in = Channels.newInputStream(open.newByteChannel(Path.of(name), READ))) {
        return SmallFile.read(file, in, maxBytes);
      }
    } catch (IOException e) {
      throw FileException.of(file, e);
    }
  }

  /**
   * Returns whether another user may have written a file.
   *
   * @return the objection, which follows the file's name; empty if only we, root or a group that we
   *     share may have written the file
   */
  static Optional<String> whyNotOurs(
      UserPrincipal owner,
      UserPrincipal us,
      UserPrincipal root,
      Set<PosixFilePermission> permissions) {
    if (!owner.equals(us) && !owner.equals(root)) {
      return Optional.of("is of another user, " + owner.getName());
    }
    return permissions.contains(PosixFilePermission.OTHERS_WRITE)
        ? Optional.of("may be written by every user of this machine")
        : Optional.empty();
  }

  /**
   * Replaces the file; on an exception it is unchanged.
   *
   * @param unfinished the name suffix of the temporary file that is written first
   */
  void write(String name, byte[] content, String unfinished) throws IOException {
    Path temporary = Path.of("." + name + "-" + UUID.randomUUID() + unfinished);
    try {
      try (SeekableByteChannel out = open.newByteChannel(temporary, CREATE, PRIVATE_FILE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        sync(out);
      }
      open.move(temporary, open, Path.of(name));
    } catch (IOException e) {
      delete(temporary.toString());
      throw e;
    }
    try (SeekableByteChannel folder = open.newByteChannel(Path.of("."), READ)) {
      sync(folder); // The rename must reach the disk too.
    }
  }

  private static void sync(SeekableByteChannel channel) throws IOException {
    ((FileChannel) channel).force(true);
  }

  FileTime modified(String name) throws IOException {
    return view(name, BasicFileAttributeView.class).readAttributes().lastModifiedTime();
  }

  /** Deletes the file if it exists. */
  void delete(String name) throws IOException {
    try {
      open.deleteFile(Path.of(name));
    } catch (NoSuchFileException _) {
      // Another replica has deleted it.
    }
  }

  private <V extends FileAttributeView> V view(String name, Class<V> type) {
    return open.getFileAttributeView(Path.of(name), type, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
