package io.pushfanout.state;

import io.pushfanout.files.FileException;
import io.pushfanout.files.SmallFile;
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
 * An open folder: each file is found relative to its descriptor, so that whatever its name leads to
 * meanwhile makes no difference. One thread at a time.
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
   * @param path its name, for messages
   * @param open to be closed with this
   * @param us our user, as the folder's file system has it: a share may map users to others
   */
  OpenFolder(Path path, SecureDirectoryStream<Path> open, UserPrincipal us, UserPrincipal root) {
    this.path = path;
    this.open = open;
    this.us = us;
    this.root = root;
  }

  /** The names that end so, sorted. Once for each opened folder. */
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
   * @throws FileException when there is no such file, it is too large, no regular file, may hold
   *     words of others, or cannot be read
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
   * Whether a file may hold words that are not ours.
   *
   * @return to follow its name; empty when only we, root or a group that we share may have written
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
   * Replaces the file; on an exception it is as it was before.
   *
   * @param unfinished end of the name of the file that is written first
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
      sync(folder); // The new name, too.
    }
  }

  private static void sync(SeekableByteChannel channel) throws IOException {
    ((FileChannel) channel).force(true);
  }

  FileTime modified(String name) throws IOException {
    return view(name, BasicFileAttributeView.class).readAttributes().lastModifiedTime();
  }

  /** Nothing where there is none. */
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
