package io.pushfanout.checkpoint;

import io.pushfanout.reload.FileException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.UUID;

/**
 * The folder of a directory in which only our user and root can make entries. This is the directory
 * itself, or, if its mode lets others make entries as that of a Kubernetes emptyDir does, a folder
 * in it with mode 0700.
 *
 * <p>Owner and mode are read from the folder's descriptor, and {@link OpenFolder} finds each file
 * relative to the same one. So no other user can replace a checked file by another. A check of each
 * file's owner by its name would not suffice: a user who may rename in the folder could swap the
 * file between the check and the read. Java can read the owner of an open folder, but not that of
 * an open file.
 */
final class PrivateFolder {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PRIVATE);

  /** A path that is owned by the process's user. */
  private static final Path PROCESS = Path.of("/proc/self");

  private PrivateFolder() {}

  /**
   * Opens the directory itself, or the folder in it.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it belongs to another user
   */
  static OpenFolder open(Path directory) throws IOException {
    SecureDirectoryStream<Path> outer = stream(directory);
    UserPrincipal us = Files.getOwner(PROCESS);
    PosixFileAttributes attributes = attributes(outer);
    if (attributes.owner().equals(us) && !othersMakeEntries(attributes)) {
      return new OpenFolder(directory, outer, us, root());
    }
    try (outer) {
      return inner(directory, outer, us);
    }
  }

  private static OpenFolder inner(
      Path directory, SecureDirectoryStream<Path> outer, UserPrincipal us) throws IOException {
    Path name = innerName();
    try {
      SecureDirectoryStream<Path> inner = outer.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
      try {
        return new OpenFolder(directory.resolve(name), inner, takenFromOthers(inner, us), root());
      } catch (IOException e) {
        inner.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new NotOursException(name, e);
    }
  }

  /**
   * Opens the folder as {@link #open} does, but makes it if it is missing or belongs to another
   * user.
   */
  static OpenFolder make(Path directory) throws IOException {
    Path inner = directory.resolve(innerName());
    try {
      return open(directory);
    } catch (NoSuchFileException _) {
      // The folder is made below, if the directory exists.
    } catch (NotOursException _) {
      Files.move(inner, directory.resolve("not-ours-" + UUID.randomUUID()));
    }
    try {
      Files.createDirectory(inner, MODE);
    } catch (FileAlreadyExistsException _) {
      // Another replica was quicker, or a stranger, which the check of the owner detects.
    }
    return open(directory);
  }

  /**
   * Returns a name with the user's number, so that servers of different users that share a
   * directory share no folder.
   */
  private static Path innerName() throws IOException {
    return Path.of("private-" + Files.getAttribute(PROCESS, "unix:uid"));
  }

  @SuppressWarnings("StreamResourceLeak") // the opened folder closes it
  private static SecureDirectoryStream<Path> stream(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("this system finds no files relative to an open directory");
  }

  private static boolean othersMakeEntries(PosixFileAttributes attributes) {
    return attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  /**
   * Removes all permissions of others on the folder, such as those that Kubernetes gives a group
   * for fsGroup. The system allows this to the owner and root only.
   */
  private static UserPrincipal takenFromOthers(SecureDirectoryStream<Path> folder, UserPrincipal us)
      throws IOException {
    UserPrincipal owner = attributes(folder).owner();
    if (us.equals(root()) && !owner.equals(us)) {
      throw new IOException("is of another user, " + owner.getName());
    }
    folder.getFileAttributeView(PosixFileAttributeView.class).setPermissions(PRIVATE);
    return owner;
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> folder)
      throws IOException {
    return folder.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
  }

  /** The rejection of an entry that has the name of our folder and is not ours. */
  private static final class NotOursException extends IOException {
    NotOursException(Path name, IOException cause) {
      super(name + " in it cannot be ours: " + FileException.why(cause), cause);
    }
  }

  private static UserPrincipal root() throws IOException {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
  }
}
