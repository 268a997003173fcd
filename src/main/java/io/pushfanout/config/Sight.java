package io.pushfanout.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** What can be said of a file without opening it. Equal sights are taken for equal contents. */
sealed interface Sight {

  /**
   * A file that can be read, perhaps.
   *
   * @param target where symbolic links lead: a ConfigMap's volume changes its files by changing
   *     what a link to a directory says
   * @param key tells a file from another that was renamed to its place
   * @param changed when its contents or its other attributes changed, which, unlike {@code
   *     modified}, nobody can set
   */
  record Seen(Path target, String key, long size, FileTime modified, Object changed)
      implements Sight {}

  /** A file that cannot be read. */
  record Unseen(FileProblem problem) implements Sight {}

  /** Returns the file's size in bytes; 0 of a file that is not there or cannot be read. */
  static long size(@Nullable Sight sight) {
    return sight instanceof Seen seen ? seen.size() : 0;
  }

  static Sight of(Path file) {
    try {
      Path target = file.toRealPath();
      BasicFileAttributes attributes = Files.readAttributes(target, BasicFileAttributes.class);
      boolean unix = target.getFileSystem().supportedFileAttributeViews().contains("unix");
      return new Seen(
          target,
          String.valueOf(attributes.fileKey()),
          attributes.size(),
          attributes.lastModifiedTime(),
          Files.getAttribute(target, unix ? "unix:ctime" : "lastModifiedTime"));
    } catch (IOException e) {
      return new Unseen(FileProblem.of(e));
    }
  }
}
