package io.pushfanout.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** The state of a file as seen without opening it. Equal states count as equal contents. */
sealed interface Sight {

  /**
   * The attributes of a file that exists.
   *
   * @param target path after symbolic links: a ConfigMap volume changes files by switching a link
   *     to a directory
   * @param key identity of the file, which differs after another file is renamed to its path
   * @param size bytes of the file
   * @param modified time of the last write, which programs can set
   * @param changed time of the last change of contents or attributes, which, unlike {@code
   *     modified}, programs cannot set
   */
  record Seen(Path target, String key, long size, FileTime modified, Object changed)
      implements Sight {}

  /** The problem of a file whose attributes cannot be read. */
  record Unseen(FileProblem problem) implements Sight {}

  /** Returns the size of the file in bytes; 0 if the file is missing or unreadable. */
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
